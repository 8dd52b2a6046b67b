using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>Who has little asks for more: by fields that are nobody's to send, and by calls that are for others.</summary>
public sealed class EscalationTests(HostileWorld world) : IClassFixture<HostileWorld>
{
    // Values that would matter if somebody read them.
    static readonly Dictionary<string, string> Forbidden = new()
    {
        ["id"] = "\"$ada\"", ["user_id"] = "\"$ada\"", ["userId"] = "\"$ada\"", ["owner_id"] = "\"$ada\"", ["org_id"] = "\"$lab\"", ["team_id"] = "\"$team\"",
        ["default_team_id"] = "\"$team\"", ["parent_id"] = "\"$private\"", ["created_by"] = "\"$ada\"", ["granter_id"] = "\"$ada\"", ["verified_by"] = "\"$ada\"",
        ["is_operator"] = "true", ["can_moderate"] = "true", ["is_default"] = "true", ["actor_type"] = "\"verified\"", ["username"] = "\"ada_too\"", ["email"] = "\"ada@example.org\"",
        ["email_verified_at"] = "\"2020-01-01T00:00:00Z\"", ["verified_at"] = "\"2020-01-01T00:00:00Z\"", ["created_at"] = "\"2020-01-01T00:00:00Z\"",
        ["disabled_at"] = "null", ["password"] = "\"a new password\"", ["password_hash"] = "\"x\"", ["security_stamp"] = "\"x\"", ["badges"] = "[\"operator\"]",
        ["role"] = "\"admin\"", ["user_role"] = "\"admin\"", ["membership"] = "{\"role\":\"admin\"}", ["user_membership"] = "{\"role\":\"admin\"}", ["member_count"] = "1000000",
        ["source"] = "\"web\"", ["state"] = "\"error\"", ["asset_type"] = "\"conversation\"", ["expires_at"] = "\"2999-01-01T00:00:00Z\"", ["accepted_by"] = "\"$eve\"",
        ["hash"] = "\"AAAA\"", ["secret"] = "\"mine\"", ["revoked_at"] = "null",
    };

    static readonly (string Request, string Fields)[] Changes =
    [
        ("""PUT /user/profile {"user":{"bio":"b",#}}""",
            "id user_id owner_id is_operator actor_type username email email_verified_at verified_at verified_by created_at disabled_at password password_hash security_stamp badges role"),
        ("""PUT /user/agents/$eve-agent {"agent":{"bio":"b",#}}""", "id user_id owner_id is_operator actor_type username email verified_at created_at password"),
        ("""PUT /organizations/$eve-lab {"organization":{"mission":"m",#}}""", "id default_team_id created_at member_count membership user_role role owner_id is_operator"),
        ("""PUT /teams/$eve-team {"team":{"description":{"text":"d","json":{}},#}}""", "id org_id created_by can_moderate is_default user_membership created_at member_count role user_id"),
        ("""PUT /assets/$eve-data {"asset":{"name":"n",#}}""", "id user_id owner_id created_at source state asset_type parent_id role granter_id"),
        ("""PUT /datasets/$eve-data {"dataset":{"name":"n",#}}""", "id user_id created_at source state asset_type parent_id"),
    ];

    public static TheoryData<string, string> Fields
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (request, fields) in Changes)
                foreach (var name in fields.Split(' ')) cases.Add(request, name);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task A_field_that_is_nobodys_to_send_does_nothing(string request, string field)
    {
        var before = await Rights();
        var answer = await world.Send(world.Eve, request.Replace("#", $"\"{field}\":{Forbidden[field]}", StringComparison.Ordinal));
        answer.Status.ShouldBeOneOf([200, 400], answer.Body);
        (await Rights()).ShouldBe(before);
    }

    // What is made is what its maker may make, whoever's it is said to be.
    [Theory]
    [InlineData("POST /organizations/create", "organization", "\"name\":\"made-lab\"", "id default_team_id created_at member_count user_id")]
    [InlineData("POST /teams/create", "team", "\"name\":\"made-team\"", "id created_by created_at can_moderate is_default user_id")]
    [InlineData("POST /user/agents", "agent", "\"username\":\"made_bot\"", "id user_id owner_id is_operator actor_type email verified_at created_at password_hash")]
    [InlineData("POST /datasets/create/from-schema", "dataset", "\"name\":\"Made\",\"rows\":[{\"a\":1}]", "id user_id created_at state source role")]
    [InlineData("POST /organizations/$eve-lab/invitations", "invitation", "\"role\":\"read\"", "id org_id created_by created_at expires_at accepted_by")]
    [InlineData("POST /user/api-keys", "key", "\"name\":\"made\"", "id user_id hash secret created_at")]
    public async Task What_is_made_is_its_makers(string call, string wrapper, string wanted, string fields)
    {
        var given = string.Join(',', fields.Split(' ').Select(field => $"\"{field}\":{Forbidden[field]}"));
        var start = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var answer = await world.Send(world.Eve, call + " {\"" + wrapper + "\":{" + wanted + "," + given + "}}");
        answer.Status.ShouldBeOneOf([200, 201], answer.Body);
        var made = JsonElement.Parse(answer.Body).Data();
        if (made.TryGetProperty(wrapper, out var inner)) made = inner;
        (made.TryGetProperty("id", out var id) ? id : made.GetProperty("user_id")).GetString().ShouldNotBe(world["ada"]);
        made.GetProperty("created_at").GetDateTimeOffset().ShouldBeGreaterThan(start);
        // Neither Ada nor an account that was not Eve's has anything of it.
        (await world.Db.Maybe<long>($"""
            select (select count(*) from assets where user_id = {world.Ada.Id} and name = 'Made') + (select count(*) from users where username = 'made_bot' and (is_operator or owner_id <> {world.Eve.Id}
              or verified_at is not null or email is not null or password_hash is not null or actor_type <> 'agent'))
              + (select count(*) from invitations where expires_at > now() + interval '8 days') + (select count(*) from api_keys where user_id = {world.Ada.Id} and name = 'made')
              + (select count(*) from organizations where member_count > 1000) + (select count(*) from teams where name = 'made-team' and created_by <> {world.Eve.Id})
            """, default)).ShouldBe(0);
    }

    public static TheoryData<string, string, string> Attempts
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var (who, request, told) in Escalations.All) cases.Add(who, request, told);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task What_is_for_others_is_refused_and_changes_nothing(string who, string request, string told)
    {
        var before = await world.Digest();
        var answer = await world.Send(world.People[who], request);
        answer.Told.ShouldBe(told, answer.Body);
        (await world.Digest()).ShouldBe(before);
    }

    /// <summary>What no update may touch: whose things are, what accounts are, who is what where.</summary>
    Task<string?> Rights() => world.Db.Maybe<string>($"""
        select concat_ws(' ',
          (select md5(string_agg(concat_ws(',', id, username, email, actor_type, is_operator, password_hash, security_stamp, owner_id, verified_at, verified_by, disabled_at, email_verified_at, created_at), '|' order by id)) from users),
          (select md5(string_agg(concat_ws(',', id, default_team_id, created_at, member_count), '|' order by id)) from organizations),
          (select md5(string_agg(concat_ws(',', id, org_id, created_by, created_at, visibility), '|' order by id)) from teams),
          (select md5(string_agg(concat_ws(',', id, asset_type, user_id, org_id, team_id, parent_id, visibility, state, source, created_at), '|' order by id)) from assets),
          (select md5(string_agg(m::text, '|' order by m::text)) from organization_members m), (select md5(string_agg(m::text, '|' order by m::text)) from team_members m),
          (select md5(string_agg(p::text, '|' order by p::text)) from permissions p), (select md5(string_agg(concat_ws(',', id, user_id, org_id, revoked_at), '|' order by id)) from api_keys))
        """, default);
}
