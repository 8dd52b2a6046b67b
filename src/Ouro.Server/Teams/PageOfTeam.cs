using Microsoft.AspNetCore.Components;
using Ouro.Server.Web;

namespace Ouro.Server.Teams;

/// <summary>A page of one team, which its address names; one that names no organization is of the global one.</summary>
public abstract class PageOfTeam : WebPage
{
    // The global organization's name.
    const string Everybody = "ouro";

    [Inject] public TeamOperations Teams { get; set; } = null!;

    [Parameter] public string? Org { get; set; }

    [Parameter] public string Slug { get; set; } = "";

    protected Team Team { get; private set; } = null!;

    /// <summary>The team's own page, which the others are below.</summary>
    protected string Home => TeamWords.Path(Team);

    /// <summary>The team, for whoever may see it.</summary>
    protected async Task Find() => Team = await Teams.GetByName(Visitor, Org ?? Everybody, Slug, Ct);

    /// <summary>The team, for its admins.</summary>
    protected async Task FindForAdmins() => Team = await Teams.Administered(SignedIn(), Org ?? Everybody, Slug, Ct);

    /// <summary>Does what a form asks for, and goes on to a page of the team with a sentence about it.</summary>
    protected Task Do(string below, Func<Task<string>> work) => Try(async () =>
    {
        Notice.Leave(Http, await work());
        Navigation.NavigateTo(Home + below);
    });
}
