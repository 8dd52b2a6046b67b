using System.Text.RegularExpressions;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

/// <summary>What organizations may be called and say, who comes in as what, and who decides.</summary>
public static partial class OrganizationRules
{
    /// <summary>The most organizations an account is a member of; its list comes whole.</summary>
    public const int MostMemberships = 1000;

    /// <summary>An organization as it is founded, with its rules as usual where nobody says otherwise.</summary>
    public static Organization New(CreateOrganization input, Guid id, Guid team, DateTimeOffset now) =>
        Merged(new() { Id = id, Name = MustBeName(input.Name), JoinPolicy = JoinPolicy.InviteOnly, DefaultTeam = new(team, id, "all"), CreatedAt = now }, input, now);

    /// <summary>An organization as a change leaves it.</summary>
    public static Organization Changed(Organization before, ChangeOrganization change, DateTimeOffset now) =>
        Merged(before with { Name = change.Name.IsGiven ? MustBeName(change.Name.Value) : before.Name }, change, now);

    static Organization Merged(Organization before, OrganizationSettings change, DateTimeOffset now) => before with
    {
        DisplayName = change.DisplayName.IsGiven ? Text(change.DisplayName.Value, "display_name", 80) : before.DisplayName,
        Mission = change.Mission.IsGiven ? Text(change.Mission.Value, "mission", 2000, lines: true) : before.Mission,
        Size = change.Size.IsGiven ? Text(change.Size.Value, "size", 40) : before.Size,
        Email = change.Email.IsGiven ? Email(change.Email.Value, "organization.email") : before.Email,
        Domain = change.Domain.IsGiven ? MustBeDomain(change.Domain.Value) : before.Domain,
        Urls = change.Urls.IsGiven ? AccountRules.Links(change.Urls.Value, "organization.urls") : before.Urls,
        BaseRole = change.BaseRole.Or(before.BaseRole) is var role and (Role.Read or Role.Write) ? role
            : throw Refusal.Fields(("organization.base_role", "base_role is read or write: whoever is to be an admin is made one.")),
        AllowExternalMembers = change.AllowExternalMembers.Or(before.AllowExternalMembers),
        AllowExternalPublicTeamCreation = change.AllowExternalPublicTeamCreation.Or(before.AllowExternalPublicTeamCreation),
        JoinPolicy = change.JoinPolicy.Or(before.JoinPolicy), ActorTypePolicy = change.ActorTypePolicy.Or(before.ActorTypePolicy),
        SourcePolicy = change.SourcePolicy.Or(before.SourcePolicy), PublicPublishing = change.PublicPublishing.Or(before.PublicPublishing),
        LastUpdated = now,
    };

    /// <summary>The fields that a change made different, each with what it was and what it is; for the log.</summary>
    public static Dictionary<string, object> Differences(Organization before, Organization after)
    {
        var (was, now) = (Data.Wire.Element(before), Data.Wire.Element(after));
        return now.EnumerateObject().Where(field => field.Name != "last_updated" && was.GetProperty(field.Name).GetRawText() != field.Value.GetRawText())
            .ToDictionary(field => field.Name, field => (object)new { from = was.GetProperty(field.Name), to = field.Value });
    }

    public static string MustBeName(string? name)
    {
        if (name is null || name.Length > 80 || !Slug().IsMatch(name))
            throw Refusal.Fields(("organization.name", "An organization's name is 1 to 80 lowercase letters, digits and single dashes."));
        return AccountRules.Reserved.Contains(name) ? throw Refusal.Fields(("organization.name", $"The name “{name}” is reserved.")) : name;
    }

    public static Refusal NameTaken(string name) =>
        Refusal.Conflict("organization_name_taken", $"There is already an organization or an account called “{name}”.", "Choose another name.");

    /// <summary>Refuses who is not an admin of an organization that they see.</summary>
    public static Organization MustAdminister(Organization organization)
    {
        MustHaveRoster(organization.Id);
        return organization.UserRole == Role.Admin ? organization
            : throw Refusal.Forbidden("organization_admins_only", $"Only admins of {organization.Name} do this.", "Ask one of them.");
    }

    /// <summary>Refuses what would need members or settings of the global organization, which has neither.</summary>
    public static void MustHaveRoster(Guid organization)
    {
        if (organization == Ids.Global)
            throw Refusal.Forbidden("global_organization", "Everybody is in the global organization: it has no members to list or change, and no settings.");
    }

    /// <summary>A key that is bound to one place founds, joins and accepts nothing elsewhere.</summary>
    public static void MustBeFree(Actor actor, Guid? place = null)
    {
        if (actor.BoundTo is { } bound && bound != place)
            throw Refusal.Forbidden("api_key_org_mismatch", "This API key is bound to one place; with it you found and join no organization.", "Use a key that is not bound, or the web app.");
    }

    /// <summary>Refuses kinds of account that a place does not admit, saying which it does.</summary>
    public static void MustAdmit(ActorType kind, ActorTypePolicy policy, string place)
    {
        if (policy == ActorTypePolicy.VerifiedOnly && kind != ActorType.Verified)
            throw Refusal.Forbidden("verified_members_only", $"{place} admits verified people only (actor_type_policy verified_only).",
                "A person is verified when an operator, or an admin of one of their organizations, vouches for them.");
        if (policy == ActorTypePolicy.AgentsOnly && kind != ActorType.Agent)
            throw Refusal.Forbidden("agents_only", $"{place} admits agents only (actor_type_policy agents_only).", "Let an agent of yours join.");
    }

    /// <summary>What somebody is who joins by themselves: internal, unless the organization names a domain in which they have no address.</summary>
    public static MembershipType TypeOf(Organization organization, string? email) =>
        organization.Domain is { } domain && email?.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase) != true ? MembershipType.External : MembershipType.Internal;

    /// <summary>A role and a type that go together, and that the organization allows; who is external already may stay so.</summary>
    public static void MustBePart(Organization organization, Role role, MembershipType type, string field, MembershipType? before = null)
    {
        if (role == Role.None) throw Refusal.Fields(($"{field}.role", "role is one of read, write, admin. To end a membership, delete it."));
        if (type == MembershipType.Internal) return;
        if (role == Role.Admin) throw Refusal.Fields(($"{field}.role", "An external member is never an admin."));
        if (!organization.AllowExternalMembers && before != MembershipType.External)
            throw Refusal.Forbidden("external_members_not_allowed", $"{organization.Name} has no external members (allow_external_members).",
                organization.Domain is { } domain ? $"Members have a verified e-mail address @{domain}, or are invited as internal." : "An admin of it can allow them.");
    }

    /// <summary>Refuses what would leave an organization without an admin.</summary>
    public static void MustKeepAdmin(bool hasOtherAdmin)
    {
        if (!hasOtherAdmin)
            throw Refusal.Conflict("last_admin", "This is the last admin of the organization; without one nobody could manage it.", "Make somebody else an admin first.");
    }

    public static string? Text(string? text, string field, int most, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Trim();
        if (text.Length > most) throw Refusal.Fields(($"organization.{field}", $"{field} has at most {most:N0} characters."));
        return lines ? Contract.Clean(text, $"organization.{field}") : Contract.Line(text, $"organization.{field}");
    }

    public static string? Email(string? email, string field) => string.IsNullOrWhiteSpace(email) ? null : AccountRules.MustBeEmail(email, field);

    static string? MustBeDomain(string? domain)
    {
        if (string.IsNullOrWhiteSpace(domain)) return null;
        return domain.Trim().TrimStart('@').ToLowerInvariant() is { Length: <= 253 } name && DomainName().IsMatch(name) ? name
            : throw Refusal.Fields(("organization.domain", $"“{domain}” is not a domain such as example.org."));
    }

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]\z")]
    private static partial Regex DomainName();
}
