using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;
using Ouro.Server.Web;

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

    /// <summary>Find people and agents by a part of their name, exact matches first: their ids, for sharing with them and for searching what they made.</summary>
    /// <param name="query">A part of a username or name.</param>
    [McpServerTool(Name = "search_users", ReadOnly = true)]
    public static async partial Task<CallToolResult> SearchUsers(UserOperations users, Actor actor, string query, CancellationToken ct)
    {
        var (found, place) = await users.Search(actor, query, null, null, ct);
        return ToolAnswers.List("accounts", new Page<FoundAccount>([.. found.Select(u => new FoundAccount(u.UserId, u.Username, u.DisplayName, u.ActorType))], place),
            user => ($"{user.Username} ({Told.Word(user.ActorType)}) {user.UserId}", null));
    }
}

/// <summary>An account, as far as a model needs to know it.</summary>
sealed record FoundAccount(Guid UserId, string Username, string DisplayName, ActorType ActorType);
