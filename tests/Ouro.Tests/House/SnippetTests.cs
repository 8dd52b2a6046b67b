using System.Diagnostics;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>What the documentation shows can be done: JSON parses, Python compiles, and the curl snippets are run against a server.</summary>
public sealed class SnippetTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    const string Weather = """
        date,precipitation,temp_max,temp_min,wind,weather
        2012-01-01,0.0,12.8,5.0,4.7,drizzle
        2012-01-02,10.9,10.6,2.8,4.5,rain
        2012-02-03,0.8,11.7,7.2,2.3,rain

        """;

    /// <summary>Documents with snippets to run. Those of one document are one script: a later one may use what an earlier one made.</summary>
    public static TheoryData<string> Runnable => [.. Documents.All.Where(d => Scripts(d).Any())];

    [Theory, MemberData(nameof(Runnable))]
    public async Task The_curl_snippets_of_a_document_do_what_they_say(string document)
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var folder = Directory.CreateTempSubdirectory("ouro-docs-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "seattle-weather.csv"), Weather);
            using (var file = File.OpenRead(Path.Combine(folder, "seattle-weather.csv")))
                (await ada.Http.PostAsync("/api/datasets/create/from-file?name=first", new StreamContent(file))).EnsureSuccessStatusCode();
            var script = "set -euo pipefail\n" + string.Join("\n", Scripts(document).Select(s => s.Text));
            var (exit, output) = await Run(folder, "bash", ["-c", script], ("OURO_URL", new Uri(server.Root, "/api").ToString()), ("KEY", ada.Key));
            exit.ShouldBe(0, output);
            output.ShouldContain("\"error\":null");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void There_are_snippets_to_run_and_not_too_many() => Documents.All.SelectMany(Scripts).Count().ShouldBeInRange(4, 16);

    [Fact]
    public void Every_block_of_json_parses()
    {
        foreach (var snippet in Documents.All.SelectMany(Documents.Snippets).Where(s => s.Language == "json"))
            Should.NotThrow(() => JsonDocument.Parse(snippet.Text).Dispose(), $"{snippet.Document}: {snippet.Text}");
    }

    [Fact]
    public async Task Every_block_of_python_compiles()
    {
        var folder = Directory.CreateTempSubdirectory("ouro-docs-").FullName;
        try
        {
            List<string> files = [];
            foreach (var snippet in Documents.All.SelectMany(Documents.Snippets).Where(s => s.Language == "python"))
            {
                files.Add(Path.Combine(folder, $"{snippet.Document.Replace('/', '_').Replace('.', '_')}_{files.Count}.py"));
                await File.WriteAllTextAsync(files[^1], snippet.Text);
            }
            files.ShouldNotBeEmpty();
            try
            {
                var (exit, output) = await Run(folder, "python3", ["-m", "py_compile", .. files]);
                exit.ShouldBe(0, output);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("There is no python3 here.");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_ten_lines_of_the_SDK_are_the_same_wherever_they_stand()
    {
        const string Own = "src/Ouro.Client/README.md";
        string[] others = ["README.md", "docs/guides/sdk.md"];
        var documents = Documents.All.Contains(Own) ? [Own, .. others] : others;
        documents.Select(d => Documents.Snippets(d).First(s => s.Language == "csharp").Text).Distinct().Count().ShouldBe(1);
    }

    static IEnumerable<Snippet> Scripts(string document) => Documents.Snippets(document).Where(s => s.Language == "bash run");

    static async Task<(int Exit, string Output)> Run(string folder, string program, string[] words, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var clock = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(clock.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} took longer than {Limit}.");
        }
        return (process.ExitCode, await output + await errors);
    }
}
