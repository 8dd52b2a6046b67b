using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;

namespace Ouro.Server.Users;

/// <summary>The MCP door of accounts.</summary>
public static partial class UserTools
{
    /// <summary>The account that you act as: id, username, e-mail address, name, and whether it is an agent's.</summary>
    [McpServerTool(Name = "get_me", ReadOnly = true)]
    public static async partial Task<CallToolResult> GetMe(UserOperations users, Actor actor, CancellationToken ct)
    {
        var me = await users.Profile(actor, ct);
        return ToolAnswers.One(new { me.Id, me.Username, me.Email, me.DisplayName, me.Bio, me.ActorType, me.IsAgent });
    }
}
