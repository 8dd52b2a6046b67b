namespace Ouro.Server.Assets;

/// <summary>The rights on an asset, in words.</summary>
public static class AccessRules
{
    public static IReadOnlyList<ExplainedRight> Explained(Actor who, AccessReasons reasons) =>
    [
        Right("read", reasons.Read, who, reasons), Right("open", reasons.Open, who, reasons),
        Right("write", reasons.Write, who, reasons), Right("manage", reasons.Manage, who, reasons),
    ];

    static ExplainedRight Right(string right, string? rule, Actor who, AccessReasons reasons) =>
        new(right, rule is not null, rule, rule is null ? Missing(right, who, reasons) : Given(right, rule, who, reasons));

    static string Given(string right, string rule, Actor who, AccessReasons reasons) => rule switch
    {
        "public" when reasons.Visibility == Visibility.Monetized => "It is sold, and what is sold is listed for everybody.",
        "public" => "It is public.",
        "owner" => $"{who.Username} owns it.",
        "member" => $"It is visible to {reasons.OrgName}, and {who.Username} is a member there.",
        "shared" => $"It is shared with {who.Username}, with the role {Data.Wire.Name(reasons.Shared ?? Role.Read)}.",
        "organization_admin" => $"{who.Username} is an admin of {reasons.OrgName}, and it is no private thing.",
        _ => "It goes by what it belongs to. " + OfParent(right, rule[(rule.IndexOf('/') + 1)..], who),
    };

    // Of the parent only the rule is known here: who holds which role there is told when somebody asks about it.
    static string OfParent(string right, string rule, Actor who) => rule switch
    {
        "public" => right == "read" ? "That is public, or sold and therefore listed." : "That is public.",
        "owner" => $"{who.Username} owns that.",
        "member" => $"That is visible to its organization, and {who.Username} is a member there.",
        "shared" => $"That is shared with {who.Username}.",
        "organization_admin" => $"{who.Username} is an admin of its organization.",
        _ => "And that by what it belongs to. " + OfParent(right, rule[(rule.IndexOf('/') + 1)..], who),
    };

    static string Missing(string right, Actor who, AccessReasons reasons)
    {
        var bound = who.BoundTo is null ? "" : " The key that asks is bound to one place.";
        return (right, reasons.Visibility) switch
        {
            ("write", _) when reasons.Shared == Role.Read => $"It is shared with {who.Username} to read, not to change.",
            ("manage", _) when reasons.Shared is Role.Read or Role.Write => $"It is shared with {who.Username}, not with the role admin.",
            ("write" or "manage", _) => $"{who.Username} neither owns it nor has a role on it that allows this; being a member gives reading only.",
            ("open", Visibility.Monetized) => $"It is sold, and {who.Username} has not unlocked it.",
            (_, Visibility.Organization) => $"It is visible to {reasons.OrgName} only, and {who.Username} is no member there.",
            (_, Visibility.Inherit) => $"It goes by what it belongs to, which {who.Username} may not {right}.",
            _ => $"It is private, and not shared with {who.Username}.",
        } + bound;
    }
}
