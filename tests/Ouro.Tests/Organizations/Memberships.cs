using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Data;
using Ouro.Server.Kernel;
using Ouro.Server.Organizations;

namespace Ouro.Tests.Organizations;

/// <summary>What tests of organizations ask for again and again.</summary>
static class Memberships
{
    /// <summary>Makes somebody a member at the machine.</summary>
    public static Task<OrganizationMember> Member(this TestServer server, Guid org, Person person, string role = "write", MembershipType type = MembershipType.Internal) =>
        server.Services.GetRequiredService<OrganizationOperations>().SetMember(Actor.Nobody, org, person.Id, Wire.Parse<Role>(role), type, default);

    /// <summary>The same person with a key that is bound to a place.</summary>
    public static async Task<Person> Bound(this Person person, Guid place)
    {
        var made = await person.Post("/user/api-keys", new { key = new { name = "bound", org_id = place } });
        return new(person.Server, person.Id, person.Name, made.Data().GetProperty("secret").GetString()!);
    }

    /// <summary>The roles in the default team, by account: what rule and roster must agree on.</summary>
    public static async Task<Dictionary<Guid, string>> InDefaultTeam(this TestServer server, Guid org) => (await server.Db.Query<string>($"""
        select m.user_id || ' ' || m.role from team_members m join organizations o on o.default_team_id = m.team_id where o.id = {org}
        """, default)).ToDictionary(line => Guid.Parse(line.Split(' ')[0]), line => line.Split(' ')[1]);
}
