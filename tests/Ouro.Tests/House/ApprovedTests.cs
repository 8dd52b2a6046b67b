using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PublicApiGenerator;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>What others rely on is an approved file: a change of it is seen, and meant.</summary>
public sealed class ApprovedTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void The_surface_of_the_SDK_is_approved() =>
        typeof(OuroJson).Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ShouldBeApproved("sdk.txt");

    [Fact]
    public async Task The_OpenAPI_document_is_approved()
    {
        using var http = new HttpClient { BaseAddress = server.Root };
        var document = JsonNode.Parse(await http.GetStringAsync("/api/openapi.json"))!.AsObject();
        // The address is this run's.
        document.Remove("servers");
        document.ToJsonString(new JsonSerializerOptions(OuroJson.Options) { WriteIndented = true }).ShouldBeApproved("openapi.json");
    }

    [Fact]
    public async Task The_schema_is_approved()
    {
        var lines = await server.Db.Query<string>($"""
            select format('%s.%s  %s %s%s%s', c.table_schema, c.table_name, c.column_name, c.data_type,
              case when c.is_nullable = 'NO' then ' not null' else '' end, coalesce(' default ' || c.column_default, ''))
            from information_schema.columns c
            where c.table_schema = 'public' and c.table_name <> 'schemaversions'
            order by c.table_name, c.ordinal_position
            """, default);
        var indexes = await server.Db.Query<string>($"""
            select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schemaversions' order by indexname
            """, default);
        var constraints = await server.Db.Query<string>($"""
            select format('%s  %s', conrelid::regclass, pg_get_constraintdef(oid))
            from pg_constraint
            where connamespace = 'public'::regnamespace and contype in ('c', 'f') and conrelid::regclass::text <> 'schemaversions'
            order by conrelid::regclass::text, conname
            """, default);
        var text = new StringBuilder();
        foreach (var line in lines.Concat(indexes).Concat(constraints)) text.AppendLine(line);
        text.ToString().ShouldBeApproved("schema.txt");
    }
}
