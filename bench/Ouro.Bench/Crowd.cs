namespace Ouro.Bench;

/// <summary>
/// A busy place: a thousand accounts, twenty organizations with five teams each, and as many assets as are asked for. The owner, who asks, is a member
/// of ten organizations and of twenty teams. One asset in eight is private, and of the others some are for their organization. The same at each run.
/// </summary>
static class Crowd
{
    public const int Users = 1_000;
    const int Batch = 50_000;

    /// <summary>Fills the database with SQL, which is all that can be waited for; then the product is asked through its door.</summary>
    public static async Task Gather(Psql psql, int assets, CancellationToken ct)
    {
        await psql.Do(ct, """
            insert into users (id, username, security_stamp, created_at)
            select md5('user' || n)::uuid, 'member_' || n, n::text, now() from generate_series(1, 1000) n;

            insert into organizations (id, name, display_name, default_team_id, created_at, last_updated)
            select md5('org' || n)::uuid, 'group-' || n, 'Group ' || n, md5('team' || n * 5 - 4)::uuid, now(), now() from generate_series(1, 20) n;

            insert into teams (id, org_id, name, visibility, created_at, last_updated)
            select md5('team' || n)::uuid, md5('org' || (n + 4) / 5)::uuid, 'team-' || n, case when n % 5 in (2, 3) then 'public' else 'organization' end, now(), now()
            from generate_series(1, 100) n;

            insert into organization_members (org_id, user_id, role, added_at)
            select md5('org' || 1 + n % 20)::uuid, md5('user' || n)::uuid, 'write', now() from generate_series(1, 1000) n;
            insert into organization_members (org_id, user_id, role, added_at)
            select md5('org' || n)::uuid, u.id, 'write', now() from generate_series(1, 10) n cross join users u where u.username = 'owner';

            insert into team_members (team_id, user_id, role, added_at, read_at)
            select md5('team' || 1 + n % 100)::uuid, md5('user' || n)::uuid, 'write', now() - interval '1 year', now() - interval '1 year' from generate_series(1, 1000) n;
            insert into team_members (team_id, user_id, role, added_at, read_at)
            select md5('team' || n)::uuid, u.id, 'write', now() - interval '1 year', now() - interval '1 year' from generate_series(1, 50) n cross join users u
            where u.username = 'owner' and n % 5 in (2, 4);
            """);
        for (var from = 1; from <= assets; from += Batch)
        {
            Progress.Say($"assets from {from:N0}");
            // Half live in the personal context and half in a team; what is visible follows the team.
            await psql.Do(ct, $$"""
                insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, description, attribution, source, created_at, last_updated)
                select gen_random_uuid(), case n % 4 when 0 then 'post' when 1 then 'file' else 'dataset' end, md5('user' || 1 + n * 7 % 1000)::uuid,
                  coalesce(t.org_id, '{{Global}}'), coalesce(t.id, '{{Global}}'), 'Measurement ' || n || ' of sample ' || n % 977, 'measurement-' || n,
                  case when n % 8 = 3 then 'private' when t.id is null then 'public' when t.visibility = 'organization' then 'organization' when n % 50 = 7 then 'organization' else 'public' end,
                  jsonb_build_object('text', 'Taken on day ' || n % 365 || ' at station ' || n % 83 || ', ' || (array['copper', 'iron', 'nickel', 'zinc', 'cobalt'])[1 + n % 5] || ' in solution',
                    'json', jsonb_build_object('type', 'doc')),
                  jsonb_build_object('originality', 'original'), 'api', now() - n * interval '20 seconds', now() - n * interval '20 seconds'
                from generate_series({{from}}, {{Math.Min(assets, from + Batch - 1)}}) n
                left join teams t on n % 2 = 0 and t.id = md5('team' || 1 + n / 2 % 100)::uuid
                """);
        }
        await psql.Do(ct, "vacuum (analyze) assets", "analyze");
    }

    const string Global = "00000000-0000-0000-0000-000000000000";
}
