using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Ouro.Server.Teams;
using Ouro.Server.Web;

namespace Ouro.Server.Datasets;

/// <summary>An import as the page follows it: how far it is, and where its dataset will be looked at.</summary>
public sealed record FollowedImport(ImportJob Import, string? Address);

/// <summary>What of the web door is no page: a file's way in, with script and without, how far it is, and the way out.</summary>
public static class ImportWeb
{
    const int PatienceOfForm = 10;
    const int LongestField = 64 << 10;

    public static void MapImports(this RouteGroupBuilder web)
    {
        web.MapPost("/web/datasets/import", Import).WithMetadata(new DisableRequestSizeLimitAttribute());
        // The token is in the form, and the form holds a file of any size: it is read on the way instead of before.
        web.MapPost("/web/datasets/import-form", ImportForm).WithMetadata(new DisableRequestSizeLimitAttribute()).DisableAntiforgery();
        web.MapGet("/web/imports/{id}", Follow);
        web.MapPost("/web/imports/{id}/cancel", Cancel);
        web.MapGet("/web/datasets/{id}/export", DatasetEndpoints.Export);
    }

    public static async Task<FollowedImport> Import(
        ImportOperations imports, TeamOperations teams, Actor actor, HttpRequest request, [AsParameters] ImportQuery query, CancellationToken ct) =>
        await Followed(imports, actor, await imports.Import(actor, (await Placed(teams, actor, query, ct)).File(request.ContentType), request.Body, request.ContentLength, query.Wait, ct), ct);

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
        try
        {
            var parts = new MultipartReader(Boundary(context.Request), context.Request.Body);
            while (await parts.ReadNextSectionAsync(ct) is { } part)
            {
                var about = part.GetContentDispositionHeader();
                if (about?.Name.Value is not { Length: > 0 } name) continue;
                name = HeaderUtilities.RemoveQuotes(name).Value!;
                if (!about.IsFileDisposition())
                {
                    if (fields.Count == MostFields) throw new Refusal(413, "form_too_large", $"This form has more than {MostFields} fields.", "Use the form at /datasets/new.");
                    fields[name] = await Text(part, ct);
                    continue;
                }
                await MustBeOurs(context, fields);
                var query = new ImportQuery(Set(fields, "name"), about.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(about.FileName).Value,
                    Set(fields, "visibility"), null, Guid.TryParse(Set(fields, "team_id"), out var team) ? team : null, Set(fields, "description"), null);
                var file = (await Placed(teams, actor, query, ct)).File(part.ContentType);
                if (string.IsNullOrEmpty(file.FileName)) break;
                var followed = await Followed(imports, actor, await imports.Import(actor, file, part.Body, null, PatienceOfForm, ct), ct);
                return TypedResults.Redirect(followed.Address ?? "/datasets/imports");
            }
            throw Refusal.Fields(("file", "Choose a file first."));
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            throw Refusal.Invalid("no_form", "The form is broken off, or not a form.", "Use the form at /datasets/new.");
        }
        catch (Refusal refusal) when (refusal.Status != 401)
        {
            return WebDoor.Show<NewDatasetPage>(context, refusal.Status, (nameof(NewDatasetPage.Was), refusal), (nameof(NewDatasetPage.Name), fields.GetValueOrDefault("name")),
                (nameof(NewDatasetPage.Visible), fields.GetValueOrDefault("visibility")), (nameof(NewDatasetPage.Description), fields.GetValueOrDefault("description")),
                (nameof(NewDatasetPage.Into), Set(fields, "team_id")));
        }
    }

    const int MostFields = 16;

    static Task MustBeOurs(HttpContext context, Dictionary<string, string> fields)
    {
        context.Request.Headers[WebDoor.TokenHeader] = fields.GetValueOrDefault(WebDoor.TokenField);
        return WebDoor.MustBeOurs(context);
    }

    static async Task<string> Text(MultipartSection part, CancellationToken ct)
    {
        var (buffer, length) = (new byte[LongestField + 1], 0);
        for (int read; (read = await part.Body.ReadAsync(buffer.AsMemory(length), ct)) > 0; length += read) { }
        return length <= LongestField
            ? System.Text.Encoding.UTF8.GetString(buffer, 0, length)
            : throw new Refusal(413, "form_too_large", "A field of this form is longer than 64 kB.", "Shorten it.");
    }

    static string? Set(Dictionary<string, string> fields, string name) => fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    static string Boundary(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 200 } boundary
            ? boundary
            : throw Refusal.Invalid("no_form", "This takes a form with a file.", "Use the form at /datasets/new.");
}
