using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Ouro.Server.Users;

/// <summary>What accounts may be called and say, and who may do what to whom.</summary>
public static partial class AccountRules
{
    /// <summary>The most agents one person answers for; the list comes whole.</summary>
    public const int MostAgents = 100;

    const int MostLinks = 8;

    /// <summary>First parts of paths of the web app and of <c>/api/users</c>. An account or an organization of that name would be hidden behind them.</summary>
    public static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        ["_framework", "actions", "api", "assets", "avatars", "comments", "connections", "conversations", "datasets", "docs", "embed", "explore", "files", "forgot-password", "health", "home", "invitations",
         "get-token", "llms", "mcp", "members", "messages", "money", "new", "notifications", "operator", "operators", "organizations", "posts", "quests", "reset-password", "routes", "search",
         "server", "services", "settings", "sign-in", "sign-out", "sign-up", "socket", "tags", "teams", "user", "users", "verify-email", "wallet", "web", "webhooks"],
        StringComparer.OrdinalIgnoreCase);

    public static string MustBeUsername(string? username)
    {
        if (username is null || !Username().IsMatch(username))
            throw Refusal.Fields(("username", "A username is 1 to 40 letters, digits and underscores."));
        return Reserved.Contains(username) ? throw Refusal.Fields(("username", $"The username “{username}” is reserved.")) : username;
    }

    public static string MustBeEmail(string? email, string field = "email") =>
        email?.Trim() is { Length: <= 254 } address && Email().IsMatch(address) ? address : throw Refusal.Fields((field, $"“{email}” is not an e-mail address."));

    public static string MustBePassword(string? password) =>
        password is { Length: >= 10 and <= 1000 } ? password : throw Refusal.Fields(("password", "A password has at least ten characters."));

    /// <summary>The name that people read; null where there is none.</summary>
    public static string? DisplayName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return null;
        return name.Trim() is { Length: <= 80 } line ? Contract.Line(line, "name") : throw Refusal.Fields(("name", "A name is at most 80 characters."));
    }

    public static string Bio(string? bio) =>
        bio?.Trim() is { Length: > 1000 } ? throw Refusal.Fields(("bio", "What an account says of itself is at most 1,000 characters.")) : Contract.Clean(bio?.Trim() ?? "", "bio");

    /// <summary>Links that lead to pages and nowhere else: a script or a file of the reader's machine is none.</summary>
    public static IReadOnlyList<ProfileLink> Links(IReadOnlyList<ProfileLink>? links, string field = "urls")
    {
        if (links is null) return [];
        if (links.Count > MostLinks) throw Refusal.Fields((field, $"At most {MostLinks} links are kept."));
        foreach (var link in links)
            if (link is not { Value.Length: > 0 and <= 500 } || !Uri.TryCreate(link.Value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || link.Value.Any(char.IsControl))
                throw Refusal.Fields((field, $"“{link?.Value}” is not a link: http:// or https:// and an address, at most 500 characters."));
        return links;
    }

    /// <summary>What concerns an account as a whole is not for a key that is bound to one place.</summary>
    public static void MustBeWhole(Actor actor)
    {
        if (actor.BoundTo is not null)
            throw Refusal.Forbidden("api_key_org_mismatch", "A bound API key does not change the account itself.", "Use a key that is not bound, or the web app.");
    }

    /// <summary>What only a person does: answering for agents, signing in, vouching.</summary>
    public static void MustBePerson(Actor actor)
    {
        MustBeWhole(actor);
        if (actor.Kind == ActorType.Agent)
            throw Refusal.Forbidden("agents_cannot", "This is for people; an agent cannot do it.", "Ask the person who answers for the agent.");
    }

    public static void MustOperate(Actor actor)
    {
        MustBeWhole(actor);
        if (!actor.IsOperator) throw Refusal.Forbidden("operators_only", "Only operators of this server may do this.");
    }

    /// <summary>An operator vouches for anybody, an organization's admin for its members; nobody but an operator for themselves.</summary>
    public static void MustVouch(Actor actor, UserProfile person, Guid[] organizations)
    {
        MustBePerson(actor);
        if (person.IsAgent) throw Refusal.Fields(("name", "An agent cannot be verified: the person who answers for it can."));
        if (!actor.IsOperator && (person.UserId == actor.Id || !organizations.Any(actor.Administers)))
            throw Refusal.Forbidden("verification_forbidden", "Operators vouch for people, and admins of an organization for its other members.",
                "Ask an operator, or an admin of an organization that the person is a member of.");
    }

    public static void MustTakeBack(Actor actor, UserProfile person)
    {
        MustBePerson(actor);
        if (!actor.IsOperator && person.VerifiedBy?.UserId != actor.Id)
            throw Refusal.Forbidden("verification_forbidden", "Only who vouched for somebody, or an operator, takes it back.");
    }

    /// <summary>What a picture is, told by its first bytes and not by its name.</summary>
    public static string MustBePicture(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "image/gif"
        : bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : throw Refusal.Fields(("avatar", "A picture is a PNG, JPEG, WebP or GIF file."));

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Username();

    [GeneratedRegex(@"^[^@\s\p{C}<>""',;]+@[^@\s\p{C}<>""',;]+$")]
    private static partial Regex Email();
}
