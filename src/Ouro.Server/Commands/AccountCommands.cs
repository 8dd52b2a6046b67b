using Ouro.Server.Organizations;
using Ouro.Server.Users;

namespace Ouro.Server.Commands;

/// <summary>Accounts, keys and organizations, by whoever has the machine.</summary>
static class AccountCommands
{
    public static async Task<int> AddUser(Settings settings, string name, ActorType kind, string? email, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var account = await ouro.Get<UserOperations>().Create(name, kind, email, isOperator: false, ct);
        var key = await ouro.Get<ApiKeyOperations>().Create(Actor.Nobody, account.Id, new("command line"), ct);
        return WithoutServer.Print(new { user_id = account.Id, username = account.Username, api_key = key.Secret });
    }

    public static async Task<int> AddKey(Settings settings, string user, string? org, string name, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var actor = await ouro.As(user, ct);
        Guid? bound = org switch
        {
            null => null,
            "personal" => Ids.Global,
            _ => await ouro.Get<OrganizationOperations>().IdOf(org, ct),
        };
        var key = await ouro.Get<ApiKeyOperations>().Create(actor, new(name, bound), ct);
        return WithoutServer.Print(new { api_key = key.Secret });
    }

    public static async Task<int> AddOrganization(Settings settings, string name, string admin, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var actor = await ouro.As(admin, ct);
        var organization = await ouro.Get<OrganizationOperations>().Create(actor, new() { Name = name }, ct);
        return WithoutServer.Print(new { org_id = organization.Id, default_team_id = organization.DefaultTeam!.Id });
    }

    public static async Task<int> SetMember(Settings settings, string org, string user, Role role, bool external, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var (id, actor) = (await ouro.Get<OrganizationOperations>().IdOf(org, ct), await ouro.As(user, ct));
        var member = await ouro.Get<OrganizationOperations>().SetMember(
            Actor.Nobody, id, actor.Id, role, external ? MembershipType.External : MembershipType.Internal, ct);
        return WithoutServer.Print(new { org_id = member.OrgId, user_id = member.UserId, role = member.Role, membership_type = member.MembershipType });
    }

    public static async Task<int> Invite(Settings settings, string? email, string user, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var actor = await ouro.As(user, ct);
        var invitation = await ouro.Get<ServerInvitationOperations>().Create(actor, new(email), ct);
        return WithoutServer.Print(new { url = ouro.Reached(invitation.Url), expires_at = invitation.ExpiresAt });
    }

    public static async Task<int> Links(Settings settings, string user, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var open = await ouro.Get<EmailOperations>().Open(await ouro.As(user, ct), ct);
        return WithoutServer.Print(new { links = open.Select(o => new { o.Link.Username, kind = o.Link.Kind, o.Link.Email, url = ouro.Reached(o.Address), o.Link.ExpiresAt }) });
    }

    public static async Task<int> SignInLink(Settings settings, string user, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var actor = await ouro.As(user, ct);
        var code = await ouro.Get<SignInOperations>().CreateLink(actor.Id, ct);
        Console.WriteLine(ouro.Reached(ouro.Get<WebAddress>().Of($"/sign-in/link?code={code}")));
        return 0;
    }
}
