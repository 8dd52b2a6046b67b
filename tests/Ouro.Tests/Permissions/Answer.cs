namespace Ouro.Tests.Permissions;

/// <summary>
/// What a request is answered with: a status, and the code of a refusal or what came of a success. Where the rules leave a choice, several are right;
/// <c>*</c> is any code.
/// </summary>
public sealed record Answer(string Why, params string[] Right)
{
    public static Answer Yes(string why, string? what = null) => new(why, what is null ? "200" : "200 " + what);

    public static readonly Answer Unauthenticated = new("nobody is signed in", "401 unauthenticated");
    public static readonly Answer NoAsset = new("they do not see the asset", "404 asset_not_found");
    public static readonly Answer NoTeam = new("they do not see the team", "404 team_not_found");
    public static readonly Answer NoOrganization = new("they do not see the organization", "404 organization_not_found");
    public static readonly Answer BoundElsewhere = new("the key is bound to another place", "403 api_key_org_mismatch");

    public static Answer No(string code, string why) => new(why, "403 " + code);

    public static Answer Clash(string code, string why) => new(why, "409 " + code);

    public bool IsYes => Right[0].StartsWith("200", StringComparison.Ordinal);

    public bool IsOfTheCredential => Right[0] is "401 unauthenticated" or "403 org_context_forbidden";

    public bool Admits(string answer) => Right.Any(right => right == answer || right.EndsWith(" *", StringComparison.Ordinal) && answer.StartsWith(right[..^1], StringComparison.Ordinal));

    public override string ToString() => $"{string.Join(" or ", Right)} ({Why})";
}
