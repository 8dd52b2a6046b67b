using System.Diagnostics;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed partial class ReadmeTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_ten_lines_of_the_readme_compile_and_print_what_they_promise()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(NodeClient.Root(), "src", "Ouro.Client", "README.md"));
        var program = Snippet().Match(readme).Groups[1].Value;
        program.Trim().Split('\n').Length.ShouldBeLessThanOrEqualTo(10);

        var ada = await server.Join("sdk_readme");
        var folder = Directory.CreateTempSubdirectory("ouro-readme-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program);
            await File.WriteAllTextAsync(Path.Combine(folder, "seattle-weather.csv"), Weather);
            // The client as it was built for these tests, so that nothing is built twice and nothing is fetched.
            await File.WriteAllTextAsync(Path.Combine(folder, "readme.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <Nullable>enable</Nullable>
                    <UseAppHost>false</UseAppHost>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                    <InvariantGlobalization>true</InvariantGlobalization>
                  </PropertyGroup>
                  <ItemGroup>
                    <Reference Include="{typeof(OuroClient).Assembly.Location}" />
                  </ItemGroup>
                </Project>
                """);
            var output = await Run(folder, ada.Key);
            output.ReplaceLineEndings("\n").Trim().ShouldBe("month 1: 12.8 °C\nmonth 2: 9.5 °C\nmonth 8: 34.4 °C");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task<string> Run(string folder, string key)
    {
        // No servers of the build may stay behind when the test is over.
        var start = new ProcessStartInfo("dotnet", ["run", "--project", folder, "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["OURO_API_KEY"] = key, ["OURO_BASE_URL"] = server.Api.ToString(), ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            },
        };
        using var process = Process.Start(start)!;
        using var clock = new CancellationTokenSource(Limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(clock.Token), process.StandardError.ReadToEndAsync(clock.Token));
        try
        {
            await process.WaitForExitAsync(clock.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        process.ExitCode.ShouldBe(0, await output + await errors);
        return await output;
    }

    const string Weather = """
        date,precipitation,temp_max,temp_min,wind,weather
        2012-01-01,0.0,12.8,5.0,4.7,drizzle
        2012-01-02,10.9,10.6,2.8,4.5,rain
        2012-02-01,13.5,9.5,5.0,5.0,rain
        2012-08-16,0.0,34.4,18.3,2.8,sun
        """;

    /// <summary>The first program of a readme.</summary>
    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
