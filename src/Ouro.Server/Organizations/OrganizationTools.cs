using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

/// <summary>The MCP door of organizations.</summary>
public static partial class OrganizationTools
{
    /// <summary>
    /// The organizations that you are a member of, with your role in each; or those that you could join or ask to join. Look here, then at their teams,
    /// before you create anything: the ids are what org_id takes.
    /// </summary>
    /// <param name="discover">Organizations to join instead of your own.</param>
    [McpServerTool(Name = "get_organizations", ReadOnly = true)]
    public static async partial Task<CallToolResult> GetOrganizations(OrganizationOperations organizations, Actor actor, bool discover = false, CancellationToken ct = default)
    {
        var page = discover ? await organizations.Discoverable(actor, 200, null, null, ct) : await organizations.List(actor, ct) is var mine ? new(mine, new(0, mine.Count, false)) : null!;
        return ToolAnswers.List("organizations", new Page<OrganizationSummary>([.. page.Items.Select(o => new OrganizationSummary(o))], page.Pagination with { After = null }),
            o => ($"**{o.DisplayName ?? o.Name}** ({o.Name}) — id: `{o.Id}`{(o.Role is { } role ? $" — you: {Data.Wire.Name(role)}, {Data.Wire.Name(o.MembershipType!.Value)}" : "")} — join: {Data.Wire.Name(o.JoinPolicy)}",
                o.Mission is null ? null : ToolAnswers.Short(o.Mission, 200)));
    }

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

/// <summary>An organization as agents read it in a list.</summary>
public sealed record OrganizationSummary(Guid Id, string Name, string? DisplayName, string? Mission, JoinPolicy JoinPolicy, Role? Role, MembershipType? MembershipType)
{
    public OrganizationSummary(Organization organization) : this(
        organization.Id, organization.Name, organization.DisplayName, organization.Mission, organization.JoinPolicy, organization.UserRole, organization.MembershipType) { }
}
