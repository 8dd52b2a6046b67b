namespace Ouro.Tests.Permissions;

/// <summary>
/// Who may what, told once more: from the mission and the decided rules alone, by somebody who has not read how the server does it. Each rule is a method
/// of a line or two. A model with a <see cref="Mutation"/> gets one of them wrong, to show that the matrix would notice.
/// </summary>
public sealed partial class Model(Mutation? mutation = null)
{
    bool Wrong(Mutation rule) => mutation == rule;

    /// <summary>A credential that is refused before anything is looked at. Pages are read by visitors too.</summary>
    static Answer? Credential(Asker asker, bool visitorsToo = false) =>
        !asker.IsSignedIn ? visitorsToo && asker.Door == Door.Web ? null : Answer.Unauthenticated
        : asker.BoundTo is { IsGlobal: false } place && PartOf(asker.Who!, place) is null ? Answer.No("org_context_forbidden", "the key is bound to an organization that its account has left")
        : null;

    /// <summary>A bound key has its account's rights in its own place; elsewhere it is anybody's.</summary>
    bool InPlace(Asker asker, Org place) =>
        asker.IsSignedIn && (asker.BoundTo is null || asker.BoundTo == place || Wrong(Mutation.BoundKeysReachEverywhere));

    Answer? BoundElsewhere(Asker asker, Org place) => InPlace(asker, place) ? null : Answer.BoundElsewhere;

    /// <summary>Everybody who is signed in is in the global organization, and may write there.</summary>
    static Part? PartOf(Account who, Org org) => org.IsGlobal ? new(Role.Write) : org.Members.GetValueOrDefault(who);

    Part? PartOf(Asker asker, Org org) => InPlace(asker, org) ? PartOf(asker.Who!, org) : null;

    bool IsMember(Asker asker, Org org) => PartOf(asker, org) is not null;

    /// <summary>The global organization has no admins; its operators lead its teams and no more.</summary>
    bool Administers(Asker asker, Org org) => !org.IsGlobal && PartOf(asker, org)?.Role == Role.Admin;

    /// <summary>What the request really came through; no header changes it.</summary>
    Source SourceOf(Asker asker) => asker.Door == Door.Web || Wrong(Mutation.TheMcpDoorIsTheWeb) && asker.Door == Door.Mcp ? Source.Web : Source.Api;

    // A policy of the team's own comes before the organization's.

    SourcePolicy SourcePolicyOf(Team team) => (Wrong(Mutation.OwnPolicyIsNotLookedAt) ? null : team.Source) ?? (Wrong(Mutation.OrganizationsPolicyIsNotInherited) ? SourcePolicy.Any : team.Org.Source);

    ActorPolicy ActorPolicyOf(Team team) => (Wrong(Mutation.OwnPolicyIsNotLookedAt) ? null : team.Actors) ?? (Wrong(Mutation.OrganizationsPolicyIsNotInherited) ? ActorPolicy.Any : team.Org.Actors);

    /// <summary>Verified are people whom somebody vouched for; an agent never is.</summary>
    bool Admits(ActorPolicy policy, Account who) => policy switch
    {
        ActorPolicy.VerifiedOnly => who.Kind == ActorType.Verified || Wrong(Mutation.VerifiedOnlyAdmitsAgents) && who.Kind == ActorType.Agent,
        ActorPolicy.AgentsOnly => who.Kind == ActorType.Agent || Wrong(Mutation.AgentsOnlyAdmitsTheVerified) && who.Kind == ActorType.Verified,
        _ => true,
    };

    static Answer NotAdmitted(ActorPolicy policy) => Answer.No(policy == ActorPolicy.VerifiedOnly ? "verified_members_only" : "agents_only", $"the policy on actors is {policy}");
}
