using ModelContextProtocol.Server;
using Ouro.Server.Mcp;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

/// <summary>The MCP door of organizations.</summary>
public static partial class OrganizationTools
{
    /// <summary>The account that you act as, with its organizations and your role in each.</summary>
    [McpServerResource(UriTemplate = "ouro://profile", Name = "profile", Title = "Your account", MimeType = ResourceAnswers.Json)]
    public static async partial Task<string> Profile(UserOperations users, OrganizationOperations organizations, Actor actor, CancellationToken ct)
    {
        var me = await users.Profile(actor, ct);
        var mine = await organizations.List(actor, ct);
        return ResourceAnswers.Of(new
        {
            me.Id, me.Username, me.Email, me.DisplayName, Organizations = mine.Select(o => new { o.Id, o.Name, o.DisplayName, o.Membership?.Role }),
        });
    }
}
