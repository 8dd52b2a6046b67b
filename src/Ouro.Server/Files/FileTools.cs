using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Assets;
using Ouro.Server.Mcp;

namespace Ouro.Server.Files;

/// <summary>The MCP door of files.</summary>
public static partial class FileTools
{
    /// <summary>
    /// Make a file. Its content comes in exactly one way: as text (file_content_text), as base64 (file_content_base64), both for what is small, or as an
    /// upload (upload_id) that you made with create_upload_url. The server tells from the bytes what it is.
    /// </summary>
    /// <param name="name">Its name, 1 to 255 characters.</param>
    /// <param name="file_content_text">The content as text.</param>
    /// <param name="file_content_base64">The content in base64.</param>
    /// <param name="upload_id">An upload whose bytes were sent.</param>
    /// <param name="file_name">What the file is called, with its extension; needed with content, not with an upload.</param>
    /// <param name="org_id">The organization to put it in; omitted, the one that you work in.</param>
    /// <param name="team_id">The team to put it in; omitted, the organization's default team.</param>
    /// <param name="visibility">Who may see it; omitted, it follows its place.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="license_id">An SPDX-like licence id, e.g. CC-BY-4.0.</param>
    /// <param name="attribution">
    /// Where it comes from, any of: originality (original, derivative or third-party), external_url, github_url, paper_url, doi_url, citation, relation_type.
    /// </param>
    [McpServerTool(Name = "create_file", ReadOnly = false, Destructive = false, Idempotent = false)]
    public static async partial Task<CallToolResult> CreateFile(
        FileOperations files, Actor actor, string name, string? file_content_text = null, string? file_content_base64 = null, string? upload_id = null, string? file_name = null,
        Guid? org_id = null, Guid? team_id = null, [AllowedValues("private", "organization", "public")] Visibility? visibility = null, string? description = null,
        string? license_id = null, [ArgumentShape("object")] JsonElement? attribution = null, CancellationToken ct = default)
    {
        var file = new CreateFile
        {
            Name = name, UploadId = upload_id, OrgId = org_id, TeamId = team_id, Visibility = visibility, Description = description is null ? null : global::Ouro.Content.Of(description),
            LicenseId = license_id, Attribution = Given<Attribution>(attribution),
        };
        var content = Content(file_content_text, file_content_base64, upload_id, file_name, needed: true);
        var asset = content is null ? await files.Create(actor, file, ct) : await files.CreateFromFile(actor, file, file_name, content, content.Length, ct);
        return ToolAnswers.One(new ToldFile(asset, (await files.Data(actor, asset.Id, ct)).Url));
    }

    /// <summary>Change what a file says of itself, or put other content in its place: its id, address and links stay. What you leave out stays.</summary>
    /// <param name="id">The file's id.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="file_content_text">New content as text.</param>
    /// <param name="file_content_base64">New content in base64.</param>
    /// <param name="upload_id">An upload whose bytes become the content.</param>
    /// <param name="file_name">What the new content is called, with its extension; needed with content, not with an upload.</param>
    /// <param name="visibility">Who may see it.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="org_id">The organization to move it to.</param>
    /// <param name="team_id">The team to move it to.</param>
    /// <param name="license_id">An SPDX-like licence id.</param>
    /// <param name="attribution">What changes about where it comes from.</param>
    [McpServerTool(Name = "update_file", ReadOnly = false, Destructive = true, Idempotent = true)]
    public static async partial Task<CallToolResult> UpdateFile(
        FileOperations files, Actor actor, Guid id, string? name = null, string? file_content_text = null, string? file_content_base64 = null, string? upload_id = null,
        string? file_name = null, [AllowedValues("private", "organization", "public", "monetized")] Visibility? visibility = null, string? description = null,
        Guid? org_id = null, Guid? team_id = null, string? license_id = null, [ArgumentShape("object")] JsonElement? attribution = null, CancellationToken ct = default)
    {
        var change = new UpdateFile
        {
            Name = name is null ? default : new(name), UploadId = upload_id, Visibility = visibility, OrgId = org_id, TeamId = team_id,
            Description = description is null ? default : new(global::Ouro.Content.Of(description)), LicenseId = license_id is null ? default : new(license_id),
            Attribution = Given<ChangeAttribution>(attribution),
        };
        var content = Content(file_content_text, file_content_base64, upload_id, file_name, needed: false);
        var asset = content is null ? await files.Update(actor, id, change, ct) : await files.ReplaceWith(actor, id, change, content, file_name, ct);
        return ToolAnswers.One(new ToldFile(asset, asset.State == AssetState.Success ? (await files.Data(actor, id, ct)).Url : null));
    }

    /// <summary>
    /// Get an address that takes the bytes of a file without a credential, and the command that sends them; for files that are too large to pass as text.
    /// Afterwards make the file with create_file, or replace one with update_file, and the upload_id.
    /// </summary>
    /// <param name="file_name">What the file is called, with its extension.</param>
    [McpServerTool(Name = "create_upload_url", ReadOnly = false, Destructive = false, Idempotent = false)]
    public static async partial Task<CallToolResult> CreateUploadUrl(UploadOperations uploads, Actor actor, string file_name, CancellationToken ct = default)
    {
        var to = await uploads.CreateUrl(actor, new(file_name), ct);
        var type = to.Headers["content-type"];
        return ToolAnswers.One(new
        {
            to.UploadId, command = $"curl -f -X PUT -H 'Content-Type: {type}' --data-binary @{ToolAnswers.Quoted(FileRules.Name(file_name))} {ToolAnswers.Quoted(to.Url)}",
            upload_url = to.Url, to.Method, to.Headers, to.ExpiresIn,
        });
    }

    /// <summary>A file: what it is, its size and type, and where its bytes are.</summary>
    /// <param name="id">The file's id.</param>
    [McpServerResource(UriTemplate = "ouro://files/{id}", Name = "file", Title = "A file", MimeType = ResourceAnswers.Json)]
    public static async partial Task<string> File(AssetOperations assets, Actor actor, Guid id, CancellationToken ct)
    {
        await assets.Get(actor, id, AssetType.File, ct);
        var (asset, counts, details) = await assets.Open(actor, id, full: true, ct);
        return ResourceAnswers.Of(new OpenedAsset(asset, counts, details));
    }

    /// <summary>The content that came with a call; null where there is none, or an upload.</summary>
    static MemoryStream? Content(string? text, string? base64, string? upload, string? fileName, bool needed)
    {
        var given = new[] { text, base64, upload }.Count(source => source is not null);
        if (given > 1 || needed && given == 0)
            throw Refusal.Fields(("file_content_text", "The content comes in exactly one way: file_content_text, file_content_base64 or upload_id."));
        if (text is null && base64 is null) return null;
        if (string.IsNullOrWhiteSpace(fileName)) throw Refusal.Fields(("file_name", "file_name is what the file is called, with its extension."));
        try
        {
            return new(text is not null ? Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(base64!), writable: false);
        }
        catch (FormatException)
        {
            throw Refusal.Fields(("file_content_base64", "file_content_base64 is not base64: letters, digits, + and /, four by four, with = at the end."));
        }
    }

    static T? Given<T>(JsonElement? given) where T : class
    {
        try
        {
            return ToolArguments.Given("attribution", given, JsonValueKind.Object, "an object")?.Deserialize<T>(OuroJson.Options);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields(("attribution", $"attribution{e.Path?.TrimStart('$')} is not of the expected shape: attribution is an object."));
        }
    }
}

/// <summary>A file that was just made or changed.</summary>
public sealed record ToldFile : AssetSummary
{
    public ToldFile(Asset asset, string? url) : base(asset)
    {
        FileUrl = url;
        if (asset.Metadata is not { } said) return;
        MimeType = said.TryGetProperty("type", out var type) ? type.GetString() : null;
        Size = said.TryGetProperty("size", out var size) ? size.GetInt64() : null;
    }

    public string? FileUrl { get; }
    public string? MimeType { get; }
    public long? Size { get; }
}
