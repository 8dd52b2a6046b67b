using System.Text.Json;

namespace Ouro.Server.Organizations;

/// <summary>Rules and events of organizations as people read them.</summary>
static class OrganizationWords
{
    public static string Title(Organization organization) => organization.DisplayName ?? organization.Name;

    public static readonly (string Value, string Text)[] Roles = [("read", "read only"), ("write", "create"), ("admin", "administer")];

    public static readonly (string Value, string Name, string About)[] JoinPolicies =
    [
        ("invite_only", "By invitation", "Admins invite; nobody else finds it"),
        ("request", "By asking", "Everybody sees it and may ask; an admin decides"),
        ("open", "Openly", "Everybody sees it and may come in at once"),
    ];

    public static readonly (string Value, string Text)[] ActorTypePolicies =
        [("any", "People and agents"), ("verified_only", "Verified people only"), ("agents_only", "Agents only")];

    public static readonly (string Value, string Text)[] SourcePolicies =
        [("any", "In the web app and over the API"), ("web_only", "In the web app only, by people"), ("api_only", "Over the API and MCP only")];

    public static readonly (string Value, string Text)[] Publishing =
        [("members", "Whoever may create"), ("admins", "Admins only"), ("off", "Nobody; what is public stays")];

    /// <summary>The rules of an organization, a sentence each.</summary>
    public static IEnumerable<(string Icon, string Sentence)> Rules(Organization organization)
    {
        yield return ("people", organization.JoinPolicy switch
        {
            JoinPolicy.Open => "Anybody may come in.",
            JoinPolicy.Request => "One comes in by asking; an admin decides.",
            _ => "One comes in by invitation.",
        } + organization.ActorTypePolicy switch
        {
            ActorTypePolicy.VerifiedOnly => " Only verified people are admitted.",
            ActorTypePolicy.AgentsOnly => " Only agents are admitted.",
            _ => "",
        });
        yield return ("key", organization.BaseRole == Role.Write ? "New members may create things." : "New members may look and create nothing, until an admin lets them.");
        if (organization.Domain is { } domain)
            yield return ("globe", $"Who joins without an address @{domain} is an external member" + (organization.AllowExternalMembers ? "." : ", and there are none here."));
        else if (organization.AllowExternalMembers) yield return ("globe", "There may be external members.");
        if (organization.SourcePolicy != SourcePolicy.Any)
            yield return ("lock", organization.SourcePolicy == SourcePolicy.WebOnly
                ? "Things are made in the web app only: keys and agents create nothing here." : "Things are made over the API and MCP only.");
        yield return ("eye", organization.PublicPublishing switch
        {
            PublicPublishing.Members => "Whoever may create may make things public.",
            PublicPublishing.Admins => "Only admins make things public.",
            _ => "Nothing new is made public.",
        });
    }

    /// <summary>What somebody is who has a role and a type of membership.</summary>
    public static string Part(string? role, string? type) => (role, type == "external") switch
    {
        ("admin", _) => "an admin",
        ("read", false) => "a member who only reads",
        ("read", true) => "an external member who only reads",
        (_, true) => "an external member",
        _ => "a member",
    };

    /// <summary>What somebody did, as it goes on from their name.</summary>
    public static string Did(Event happened)
    {
        var by = happened.ActorId == happened.SubjectId;
        var whom = Text(happened, "username") ?? happened.Subject?.Username ?? "somebody";
        var asWhat = Part(Text(happened, "role"), Text(happened, "membership_type"));
        return happened.Name switch
        {
            "organization.created" => "founded the organization",
            "organization.updated" => "changed " + Changes(happened.Data),
            "organization.member_joined" => by ? $"came in as {asWhat}" : $"let {whom} in as {asWhat}",
            "organization.member_updated" => $"made {whom} {asWhat}",
            "organization.member_left" => "left",
            "organization.member_removed" => $"removed {whom}",
            "organization.join_requested" => "asked to come in",
            "organization.join_request_rejected" => $"declined the request of {whom}",
            "invitation.created" => Text(happened, "to") switch
            {
                "account" => $"invited {whom} as {asWhat}", "address" => $"invited an e-mail address as {asWhat}", _ => $"made a link that invites {asWhat}",
            },
            "invitation.revoked" => "took an invitation back",
            "invitation.accepted" => "followed an invitation",
            "invitation.declined" => "declined an invitation",
            "api_key.created" => $"made the API key “{Text(happened, "name")}” for this place",
            "api_key.revoked" => $"revoked the API key “{Text(happened, "name")}”",
            "asset.shared" => "shared an asset",
            "asset.deleted" => "deleted an asset",
            // A room above records events of its own; their names are words.
            _ => happened.Name.Replace('.', ' ').Replace('_', ' '),
        };
    }

    static string Changes(JsonElement data) => data.TryGetProperty("changes", out var changes) && changes.ValueKind == JsonValueKind.Object
        ? string.Join("; ", changes.EnumerateObject().Select(change => change.Value.GetProperty("to").ValueKind is JsonValueKind.True or JsonValueKind.False || IsWord(change.Value.GetProperty("to"))
            ? $"{Words(change.Name)} from {Words(change.Value.GetProperty("from").ToString())} to {Words(change.Value.GetProperty("to").ToString())}" : Words(change.Name)))
        : "its settings";

    // A policy's value is a word; a mission is none.
    static bool IsWord(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and < 40 } text && text.All(c => char.IsAsciiLetterLower(c) || c == '_');

    static string Words(string name) => name.Replace('_', ' ').ToLowerInvariant();

    static string? Text(Event happened, string key) =>
        happened.Data.ValueKind == JsonValueKind.Object && happened.Data.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
