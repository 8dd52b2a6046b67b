using Ouro.Server.Organizations;
using Ouro.Server.Teams;

namespace Ouro.Server.Assets;

/// <summary>Where somebody may put something new, as a page offers it: into no team or one of theirs, and for whom.</summary>
/// <param name="Place">The organization that is worked in; null in the personal context.</param>
/// <param name="Team">The team that was asked for.</param>
/// <param name="Refused">Why nothing may be put there.</param>
/// <param name="Offered">The teams to choose from.</param>
public sealed record PlaceChoice(string? Place, Team? Team, Refusal? Refused, IReadOnlyList<Team> Offered)
{
    /// <summary>One way to decide who sees it.</summary>
    public sealed record Seen(string Value, string Name, string Text, string Icon);

    static readonly Seen Private = new("private", "Private", "You, and those you share it with", "lock"), Public = new("public", "Public", "Everybody who finds this place", "globe");

    public static async Task<PlaceChoice> Load(OrganizationOperations organizations, TeamOperations teams, Actor actor, string? asked, CancellationToken ct)
    {
        var place = actor.Context == Ids.Global ? null : (await organizations.Context(actor, ct)).Name;
        List<Team> mine = [.. (await teams.List(actor, new() { Joined = true }, ct)).Items.Where(t => !t.IsDefault && t.SourcePolicy != SourcePolicy.ApiOnly && t.UserMembership?.Role != Role.Read)];
        if (asked is not { Length: > 0 }) return new(place, null, null, mine);
        var team = await teams.Get(actor, Guid.TryParse(asked, out var id) ? id : throw Refusal.Fields(("team", $"“{asked}” is no id of a team.")), false, ct);
        // A team that one is not in, and may contribute to, is among them too once it is asked for.
        return new(place, team, (await teams.WhyNot(actor, id, ct)).Contribute, mine.Any(t => t.Id == team.Id) ? mine : [team, .. mine]);
    }

    /// <summary>Who may see it there; the first is what nobody has to choose.</summary>
    public Seen[] Choices => (Team, Place) switch
    {
        ({ OrgId: var org }, _) when org == Ids.Global => [Public, Private],
        ({ Visibility: Visibility.Public } into, _) => [Public, Organization(into.Organization.Name), Private],
        ({ } into, _) => [Organization(into.Organization.Name), Private],
        (null, { } org) => [Organization(org), Private],
        _ => [Private, Public],
    };

    static Seen Organization(string name) => new("organization", name, "The members of the organization", "people");
}
