using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Ouro.Browser.Chromium))]

namespace Ouro.Browser;

/// <summary>The one browser of a run: a Chromium of this machine, found on the PATH or told by OURO_CHROMIUM.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    IPlaywright playwright = null!;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
    }

    static string Path() =>
        Environment.GetEnvironmentVariable("OURO_CHROMIUM") is { Length: > 0 } told ? told
        : Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium on the PATH. Install it (Debian: apt install chromium), or name it in OURO_CHROMIUM.");
}
