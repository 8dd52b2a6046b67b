using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ouro.Server.Teams;
using Ouro.Server.Web;

namespace Ouro.Server.Datasets;

/// <summary>An import as the page follows it: how far it is, and where its dataset will be looked at.</summary>
public sealed record FollowedImport(ImportJob Import, string? Address);

/// <summary>What of the web door is no page: a file's way in, with script and without, how far it is, and the way out.</summary>
public static class ImportWeb
{
    const int PatienceOfForm = 10;

    public static void MapImports(this RouteGroupBuilder web)
    {
        web.MapPost("/web/datasets/import", Import).WithMetadata(new DisableRequestSizeLimitAttribute());
        // The token is in the form, and the form holds a file of any size: it is read on the way instead of before.
        web.MapPost("/web/datasets/import-form", ImportForm).WithMetadata(new DisableRequestSizeLimitAttribute()).DisableAntiforgery();
        web.MapPost("/web/datasets/from-file/{id}", ImportStored);
        web.MapGet("/web/imports/{id}", Follow);
        web.MapPost("/web/imports/{id}/cancel", Cancel);
        web.MapGet("/web/datasets/{id}/export", DatasetEndpoints.Export);
    }

    public static async Task<FollowedImport> Import(
        ImportOperations imports, TeamOperations teams, Actor actor, HttpRequest request, [AsParameters] ImportQuery query, CancellationToken ct) =>
        await Followed(imports, actor, await imports.Import(actor, (await Placed(teams, actor, query, ct)).File(request.ContentType), request.Body, request.ContentLength, query.Wait, ct), ct);

    /// <summary>A private dataset of a file that is here, in the context that is worked in.</summary>
    public static async Task<RedirectHttpResult> ImportStored(ImportOperations imports, Actor actor, Guid id, CancellationToken ct)
    {
        var followed = await Followed(imports, actor, await imports.ImportStored(actor, id, new() { Visibility = Visibility.Private }, PatienceOfForm, ct), ct);
        return TypedResults.Redirect(followed.Address ?? "/datasets/imports");
    }

    public static async Task<FollowedImport> Follow(ImportOperations imports, Actor actor, Guid id, CancellationToken ct) =>
        await Followed(imports, actor, await imports.Get(actor, id, ct), ct);

    public static async Task<RedirectHttpResult> Cancel(ImportOperations imports, Actor actor, Guid id, CancellationToken ct)
    {
        await imports.Cancel(actor, id, ct);
        return TypedResults.Redirect("/datasets/imports");
    }

    // A page names the team; the organization follows from it, whatever context is worked in.
    static async Task<ImportQuery> Placed(TeamOperations teams, Actor actor, ImportQuery query, CancellationToken ct) =>
        query.TeamId is { } team ? query with { OrgId = (await teams.Standing(actor, team, ct)).OrgId } : query;

    static async Task<FollowedImport> Followed(ImportOperations imports, Actor actor, ImportJob job, CancellationToken ct) =>
        new(job, job.Status == AssetState.Success ? (await imports.Created(actor, job, ct)).Asset.Slug : null);

    /// <summary>A plain form: its fields come first and the file last, which goes to the operation as it arrives.</summary>
    public static async Task<IResult> ImportForm(HttpContext context, ImportOperations imports, TeamOperations teams, Actor actor, CancellationToken ct)
    {
        var fields = new Dictionary<string, string>();
        FollowedImport? followed = null;
        try
        {
            await StreamedForm.Read(context, "/datasets/new", fields, async sent =>
            {
                var query = new ImportQuery(fields.Set("name"), sent.Name, fields.Set("visibility"), null, Guid.TryParse(fields.Set("team_id"), out var team) ? team : null, fields.Set("description"), null);
                var file = (await Placed(teams, actor, query, ct)).File(sent.ContentType);
                followed = await Followed(imports, actor, await imports.Import(actor, file, sent.Body, null, PatienceOfForm, ct), ct);
                return false;
            }, ct);
            return followed is null ? throw Refusal.Fields(("file", "Choose a file first.")) : TypedResults.Redirect(followed.Address ?? "/datasets/imports");
        }
        catch (Refusal refusal) when (refusal.Status != 401)
        {
            return WebDoor.Show<NewDatasetPage>(context, refusal.Status, (nameof(NewDatasetPage.Was), refusal), (nameof(NewDatasetPage.Name), fields.GetValueOrDefault("name")),
                (nameof(NewDatasetPage.Visible), fields.GetValueOrDefault("visibility")), (nameof(NewDatasetPage.Description), fields.GetValueOrDefault("description")),
                (nameof(NewDatasetPage.Into), fields.Set("team_id")));
        }
    }
}
