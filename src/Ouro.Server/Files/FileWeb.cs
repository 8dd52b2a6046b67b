using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ouro.Server.Assets;
using Ouro.Server.Teams;
using Ouro.Server.Web;

namespace Ouro.Server.Files;

/// <summary>Where a file that was made will be looked at.</summary>
public sealed record MadeFile(Guid Id, string? Address);

/// <summary>What of the web door of files is no page.</summary>
public static class FileWeb
{
    public static void MapFileWeb(this RouteGroupBuilder web)
    {
        var files = web.MapGroup("/web/files");
        files.MapTus();
        files.MapTusHead();
        web.MapGet("/web/files/{id}/content", Content);
        web.MapGet("/web/files/{id}/download", Download);
        web.MapGet("/web/files/{id}/thumbnail", ThumbnailOf);
        web.MapPost("/web/files/create", Create);
        // The token is in the form, and the form holds files of any size: it is read on the way instead of before.
        web.MapPost("/web/files/upload-form", UploadForm).WithMetadata(new DisableRequestSizeLimitAttribute()).DisableAntiforgery();
        web.MapPost("/web/files/uploads/{id}/create", CreateOf);
        web.MapPost("/web/files/uploads/{id}/discard", Discard);
    }

    /// <summary>The bytes for a viewer on the page.</summary>
    public static async Task<IResult> Content(FileOperations files, HttpContext context, Guid id, CancellationToken ct) =>
        new ContentAnswer(await files.Content(Actor.Of(context), id, null, ct));

    /// <summary>The file to save, which counts as a download.</summary>
    public static async Task<IResult> Download(DownloadOperations downloads, HttpContext context, Guid id, CancellationToken ct) =>
        new DownloadAnswer(await downloads.Download(Actor.Of(context), id, new(AssetType.File), ct));

    /// <summary>The small picture of an image; one that shows nothing while there is none, so that a list has no holes.</summary>
    public static async Task<IResult> ThumbnailOf(FileOperations files, HttpContext context, Guid id, CancellationToken ct)
    {
        var made = await files.Thumbnail(Actor.Of(context), id, ct);
        context.Response.Headers.CacheControl = made is null ? "no-store" : "private, max-age=86400";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.Bytes(made?.Content ?? Nothing, made?.ContentType ?? "image/gif");
    }

    static readonly byte[] Nothing = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    /// <summary>A file of what a page's script uploaded.</summary>
    public static async Task<MadeFile> Create(FileOperations files, TeamOperations teams, Actor actor, CreateFileBody body, CancellationToken ct)
    {
        Contract.Present(body.File, "file");
        var file = await files.Create(actor, await Placed(teams, actor, body.File, ct), ct);
        return new(file.Id, file.Slug);
    }

    /// <summary>A private file of an upload that waited for somebody to say what becomes of it.</summary>
    public static async Task<RedirectHttpResult> CreateOf(FileOperations files, Actor actor, Guid id, CancellationToken ct) =>
        TypedResults.Redirect((await files.Create(actor, new() { Id = id, Visibility = Visibility.Private }, ct)).Slug!);

    public static async Task<RedirectHttpResult> Discard(UploadOperations uploads, Actor actor, Guid id, CancellationToken ct)
    {
        await uploads.Discard(actor, new(id.ToString()), ct);
        return TypedResults.Redirect("/files/uploads");
    }

    /// <summary>A plain form of several files: each becomes a file as it arrives, and those before one that is refused stay.</summary>
    public static async Task<IResult> UploadForm(HttpContext context, FileOperations files, TeamOperations teams, Actor actor, CancellationToken ct)
    {
        var fields = new Dictionary<string, string>();
        var made = new List<Asset>();
        try
        {
            await StreamedForm.Read(context, "/files/new", fields, async sent =>
            {
                var about = new CreateFile
                {
                    Visibility = FileRules.Visible(fields.Set("visibility")), TeamId = Guid.TryParse(fields.Set("team_id"), out var team) ? team : null,
                    Description = fields.Set("description") is { } text ? global::Ouro.Content.Of(text) : null,
                };
                made.Add(await files.CreateFromFile(actor, await Placed(teams, actor, about, ct), sent.Name, sent.Body, null, ct));
                return true;
            }, ct);
            if (made.Count == 0) throw Refusal.Fields(("files", "Choose a file first."));
            if (made.Count > 1) Notice.Leave(context, $"{made.Count} files are here.");
            return TypedResults.Redirect(made.Count == 1 ? made[0].Slug! : "/files");
        }
        catch (Refusal refusal) when (refusal.Status != 401)
        {
            return WebDoor.Show<NewFilePage>(context, refusal.Status, (nameof(NewFilePage.Was), refusal), (nameof(NewFilePage.Made), made),
                (nameof(NewFilePage.Visible), fields.GetValueOrDefault("visibility")), (nameof(NewFilePage.Description), fields.GetValueOrDefault("description")),
                (nameof(NewFilePage.Into), fields.Set("team_id")));
        }
    }

    // A page names the team; the organization follows from it, whatever context is worked in.
    static async Task<CreateFile> Placed(TeamOperations teams, Actor actor, CreateFile file, CancellationToken ct) =>
        file.TeamId is { } team ? file with { OrgId = (await teams.Standing(actor, team, ct)).OrgId } : file;
}
