using Microsoft.AspNetCore.Mvc;
using Ouro.Server.Assets;

namespace Ouro.Server.Files;

/// <summary>The REST door of files.</summary>
public static class FileEndpoints
{
    public static void MapFiles(this RouteGroupBuilder api)
    {
        var files = api.MapGroup("/files");
        files.MapUploads();
        files.MapPost("/create", Create).WithName("files.create");
        files.MapPost("/create/from-file", CreateFromFile).WithName("files.create_from_file").WithMetadata(new DisableRequestSizeLimitAttribute());
        files.MapGet("/usage", Usage).WithName("files.usage");
        files.MapGet("/{id}", Get).WithName("files.get");
        files.MapPut("/{id}", Update).WithName("files.update");
        files.MapGet("/{id}/metadata", Metadata).WithName("files.metadata");
        files.MapGet("/{id}/data", Data).WithName("files.data");
        files.MapPut("/{id}/content", Replace).WithName("files.replace").Accepts<UploadBody>("application/json").WithMetadata(new DisableRequestSizeLimitAttribute());
        files.MapMethods("/{id}/content", ["GET"], Content).WithName("files.content");
        files.MapMethods("/{id}/content", ["HEAD"], Content).ExcludeFromDescription();
        files.MapGet("/{id}/permissions", Permissions).WithName("files.permissions");
        files.MapDelete("/{id}", Delete).WithName("files.delete");
    }

    /// <summary>Make a file of bytes that were uploaded, or announce one whose bytes come later</summary>
    public static Task<Envelope<Asset>> Create(FileOperations files, Actor actor, CreateFileBody body, CancellationToken ct) => files.Create(actor, body.File, ct).Enveloped();

    /// <summary>Make a file of the bytes that are the body, in one request</summary>
    public static Task<Envelope<Asset>> CreateFromFile(
        FileOperations files, Actor actor, HttpRequest request, [AsParameters] FileQuery query, CancellationToken ct) =>
        files.CreateFromFile(actor, query.File(), query.FileName, request.Body, request.ContentLength, ct).Enveloped();

    /// <summary>How much room the caller's files take, or those of an organization</summary>
    public static Task<Envelope<StorageUsage>> Usage(FileOperations files, Actor actor, [FromQuery(Name = "org_id")] Guid? orgId, CancellationToken ct) =>
        files.Usage(actor, orgId, ct).Enveloped();

    /// <summary>One file</summary>
    public static Task<Envelope<Asset>> Get(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.Get(actor, id, AssetType.File, ct).Enveloped();

    /// <summary>Change what a file says of itself, and with an upload also its bytes</summary>
    public static Task<Envelope<Asset>> Update(FileOperations files, Actor actor, Guid id, UpdateFileBody body, CancellationToken ct) =>
        files.Update(actor, id, body.File, ct).Enveloped();

    /// <summary>What the server found out about an upload or a file: size, type, classification, first rows</summary>
    public static Task<Envelope<FileMetadata>> Metadata(FileOperations files, Actor actor, Guid id, CancellationToken ct) => files.Metadata(actor, id, ct).Enveloped();

    /// <summary>Where the bytes of a file are, by an address that needs no credential</summary>
    public static Task<Envelope<FileData>> Data(FileOperations files, Actor actor, Guid id, CancellationToken ct) => files.Data(actor, id, ct).Enveloped();

    /// <summary>Give a file other bytes, in base64; its id and path stay</summary>
    public static async Task<Envelope<Asset>> Replace(FileOperations files, Reception reception, Actor actor, Guid id, HttpRequest request, CancellationToken ct)
    {
        await files.MustWrite(actor, id, ct);
        var (body, arrived) = await request.TakeBase64(reception, ct);
        return await files.Replace(actor, id, body.File, arrived, body.FileName, ct).Enveloped();
    }

    /// <summary>The bytes of a file as they are, whole or by ranges</summary>
    /// <remarks>A public file needs no credential, and any other none with the token that <c>files.data</c> hands out.</remarks>
    public static async Task<IResult> Content(FileOperations files, HttpContext context, Guid id, string? token, CancellationToken ct) =>
        new ContentAnswer(await files.Content(Actor.Of(context), id, token, ct));

    /// <summary>Who has which role on a file</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Permissions(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) =>
        assets.Permissions(actor, id, AssetType.File, ct).Enveloped();

    /// <summary>Delete a file</summary>
    public static Task<Envelope<DeleteResult>> Delete(
        AssetOperations assets, Actor actor, Guid id, [FromQuery(Name = "delete_children")] bool? deleteChildren, [FromQuery(Name = "dry_run")] bool? dryRun, CancellationToken ct) =>
        assets.Delete(actor, id, AssetType.File, deleteChildren ?? false, dryRun ?? false, ct).Enveloped();
}

/// <summary>What the address says of the file in the body.</summary>
/// <param name="Name">The asset's name; omitted, the file's.</param>
/// <param name="FileName">The file's name, with its extension.</param>
/// <param name="Visibility">Who may see it: <c>public</c>, <c>private</c> or <c>organization</c>.</param>
/// <param name="OrgId">The organization to put it in.</param>
/// <param name="TeamId">The team to put it in.</param>
/// <param name="Description">What it is about.</param>
public sealed record FileQuery(
    string? Name, [property: FromQuery(Name = "file_name")] string? FileName, string? Visibility, [property: FromQuery(Name = "org_id")] Guid? OrgId,
    [property: FromQuery(Name = "team_id")] Guid? TeamId, string? Description)
{
    public CreateFile File() => new()
    {
        Name = Name, Visibility = FileRules.Visible(Visibility), OrgId = OrgId, TeamId = TeamId, Description = Description is null ? null : global::Ouro.Content.Of(Description),
    };
}
