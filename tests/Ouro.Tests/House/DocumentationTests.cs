using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Commands;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>The documentation says what the code does: each reference page is compared with what it lists, both ways.</summary>
public sealed partial class DocumentationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Every_setting_is_documented_with_its_default()
    {
        var documented = Documents.Rows("docs/reference/settings.md").ToDictionary(row => row[0].Trim('`'), row => row[1].Trim('`'));
        var usual = new Settings();
        foreach (var setting in typeof(Settings).GetProperties())
        {
            var name = setting.GetCustomAttribute<VariableAttribute>()!.Name;
            documented.ShouldContainKey(name);
            documented[name].ShouldBe(setting.GetValue(usual) switch { null => "none", bool on => on ? "on" : "off", var value => value.ToString() }, name);
        }
    }

    [Fact]
    public void Every_variable_that_is_documented_is_read()
    {
        var source = string.Concat([.. Documents.ServerSource(), Documents.Read("ouro")]);
        foreach (var name in Documents.FirstCells("docs/reference/settings.md")) source.ShouldContain(name);
    }

    [Fact]
    public void Every_code_of_a_refusal_is_documented_and_no_other()
    {
        var codes = Documents.ServerSource().SelectMany(source => Codes().Matches(source)).Select(m => m.Groups["code"].Value).ToHashSet();
        codes.Count.ShouldBeGreaterThan(50);
        ShouldBeTheSame(Documents.FirstCells("docs/reference/refusals.md"), codes);
    }

    [Fact]
    public void Every_event_is_documented_and_no_other()
    {
        // A name that is made from a type of asset, "{…}.created", is documented once for each type.
        var recorded = Documents.ServerSource().SelectMany(source => Recorded().Matches(source)).Select(m => "^" + Hole().Replace(m.Groups["name"].Value, "[a-z_]+") + "$")
            .ToHashSet();
        var documented = Documents.FirstCells("docs/reference/events.md");
        recorded.ShouldAllBe(name => documented.Any(d => Regex.IsMatch(d, name)));
        documented.ShouldAllBe(d => recorded.Any(name => Regex.IsMatch(d, name)));
    }

    [Fact]
    public void Every_command_is_documented_with_its_options()
    {
        var reference = Documents.Read("docs/reference/commands.md");
        foreach (var (path, command) in Commands(CommandLine.Root(), "./ouro"))
        {
            reference.ShouldContain($"### `{path}`\n");
            foreach (var option in command.Options) reference.ShouldContain(option.Name);
        }
    }

    [Fact]
    public void Every_call_is_documented_with_its_operation_id_and_no_other()
    {
        var calls =
            from endpoint in server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            where endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)
            let id = endpoint.Metadata.GetMetadata<EndpointNameMetadata>()?.EndpointName
            where id is not null
            select $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} {endpoint.RoutePattern.RawText!["/api".Length..]} {id}";
        var documented = Documents.Rows("docs/reference/rest.md").Where(row => row[1].StartsWith('`') && row[1].EndsWith('`'))
            .Select(row => $"{row[0].Trim('`')} {row[1].Trim('`')}");
        ShouldBeTheSame(documented, calls);
    }

    [Fact]
    public void Every_tool_is_documented_with_its_arguments_and_no_other()
    {
        using var tools = JsonDocument.Parse(Documents.Read("tests/Ouro.Tests/Approved/mcp-tools.json"));
        var reference = Documents.Read("docs/reference/mcp.md");
        ShouldBeTheSame(Documents.Rows("docs/reference/mcp.md").Where(row => row.Length == 3).Select(row => row[0].Trim('`')),
            tools.RootElement.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!));
        foreach (var argument in tools.RootElement.EnumerateArray().SelectMany(tool => tool.GetProperty("inputSchema").GetProperty("properties").EnumerateObject()))
            reference.ShouldContain($"`{argument.Name}`");
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (var document in Documents.All)
            foreach (var link in Documents.RelativeLinks(document))
            {
                var (path, anchor) = link.Split('#') is [var p, var a] ? (p, a) : (link, null);
                var target = Path.GetRelativePath(NodeClient.Repository, Path.GetFullPath(path, Path.GetDirectoryName(Path.Combine(NodeClient.Repository, document))!));
                Path.Exists(Path.Combine(NodeClient.Repository, target)).ShouldBeTrue($"{document} links to {link}");
                if (anchor is not null) Documents.Anchors(target).ShouldContain(anchor, $"{document} links to {link}");
            }
    }

    [Fact]
    public void Every_document_is_reached_from_the_table_of_contents()
    {
        var listed = Documents.RelativeLinks("docs/README.md").Select(link => "docs/" + link).ToHashSet();
        Documents.All.Where(d => d.StartsWith("docs/", StringComparison.Ordinal) && d != "docs/README.md").ShouldAllBe(d => listed.Contains(d));
    }

    /// <summary>Each thing is documented once, and nothing else is.</summary>
    static void ShouldBeTheSame(IEnumerable<string> documented, IEnumerable<string> real)
    {
        var (said, there) = (documented.ToList(), real.ToHashSet());
        there.Except(said).ShouldBeEmpty("This is not documented.");
        said.Except(there).ShouldBeEmpty("This is documented and not there.");
        said.Count.ShouldBe(there.Count, "Something is documented twice.");
    }

    static IEnumerable<(string Path, Command Command)> Commands(Command parent, string path) =>
        parent.Subcommands.SelectMany(command => command.Subcommands.Count > 0 ? Commands(command, $"{path} {command.Name}") : [($"{path} {command.Name}", command)]);

    // Refusal.Conflict("code", …), new Refusal(409, "code", …), new(409, "code", …) and, of users' SQL, At("42601", …).
    [GeneratedRegex(@"(?:Refusal\.(?:Invalid|Forbidden|NotFound|Conflict)\(\s*|\bnew(?: Refusal)?\((?:\d{3}|bad\.StatusCode|status),\s*|throw At\()""(?<code>\w+)""")]
    private static partial Regex Codes();

    [GeneratedRegex(@"events\.Record\(\w+, [\w.]+, \$?""(?<name>[^""]+)""")]
    private static partial Regex Recorded();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();
}
