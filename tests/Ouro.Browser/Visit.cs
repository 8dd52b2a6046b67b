using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Ouro.Server.Users;
using Ouro.Tests;
using Shouldly;

namespace Ouro.Browser;

/// <summary>
/// Somebody at a browser of their own. What the browser complains of — an error of a script, something that the content policy forbade —
/// fails the test when they leave.
/// </summary>
public sealed partial class Visit : IAsyncDisposable
{
    readonly IBrowserContext context;
    readonly TestServer server;
    readonly List<string> complaints = [];

    Visit(IBrowserContext context, IPage page, TestServer server) => (this.context, Page, this.server) = (context, page, server);

    public IPage Page { get; }

    /// <summary>Whether pages of this visit may answer that something is refused; the browser notes each as an error.</summary>
    public bool IsRefused { get; set; }

    public static async Task<Visit> Begin(Chromium chromium, TestServer server, bool script = true, bool dark = false, int width = 1280, int height = 800, bool named = false)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            // Passkeys belong to a name, and a number is none.
            BaseURL = named ? server.Root.ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal) : server.Root.ToString(), JavaScriptEnabled = script, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce, Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(30_000);
        var visit = new Visit(context, await context.NewPageAsync(), server);
        // A machine without a graphics card draws slowly, and says so; that is no fault of the page.
        visit.Page.Console += (_, message) => { if (message.Type is "error" or "warning" && !message.Text.Contains("GL Driver Message", StringComparison.Ordinal)) visit.complaints.Add(message.Text); };
        visit.Page.PageError += (_, error) => visit.complaints.Add(error);
        return visit;
    }

    /// <summary>Signs in the way that a terminal's link does.</summary>
    public async Task<Visit> As(Person person)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var code = await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(person.Id, default);
        await Page.GotoAsync("/sign-in/link?code=" + code);
        await Button("Sign in").ClickAsync();
        await Page.Locator(".self").WaitForAsync();
        return this;
    }

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label);

    /// <summary>What the accessibility checker finds wrong with the page; empty when nothing.</summary>
    public async Task<string> Inaccessible()
    {
        await Page.EvaluateAsync(await Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }))
              .violations.map(v => ({ rule: v.id, help: v.help, at: v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')) }))
            """);
        return found.GetArrayLength() == 0 ? "" : found.ToString();
    }

    /// <summary>Keeps a picture of the page for people to look at.</summary>
    public Task Picture(string name, bool whole = true) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(Root(), "artifacts", "screenshots", name + ".png"), FullPage = whole });

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        complaints.Where(c => !(IsRefused && Refused().IsMatch(c))).ShouldBeEmpty();
    }

    static readonly Lazy<Task<string>> Axe = new(() => File.ReadAllTextAsync(Path.Combine(Root(), "src", "Ouro.Server", "Web", "node_modules", "axe-core", "axe.min.js")));

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ouro.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }

    [GeneratedRegex(@"^Failed to load resource: the server responded with a status of 4\d\d")]
    private static partial Regex Refused();
}
