using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>A file as its page shows it: what was found out about it, where its bytes are, and the first of them.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Type">Its media type as it was told from its bytes.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Address">Where its bytes are, in this origin.</param>
/// <param name="Head">Its first bytes; all of them when it is small.</param>
public sealed record ShownFile(string Name, string Type, long Size, string Address, byte[] Head)
{
    public string? Extension { get; init; }

    public string? Charset { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public int? Pages { get; init; }

    /// <summary>What an inspector said of its content.</summary>
    public JsonElement? Classification { get; init; }

    /// <summary>The first rows of a table, the entries of an archive.</summary>
    public JsonElement? Preview { get; init; }

    /// <summary>Whether the head is all there is.</summary>
    public bool IsWhole => Head.Length >= Size;

    /// <summary>What shows it.</summary>
    public ViewerKind Kind => ViewerRules.Of(Type, Preview);

    public static ShownFile Of(Asset asset, string address, byte[] head, JsonElement? preview)
    {
        var told = asset.Metadata;
        return new(asset.Name ?? "This file", (told.Text("type") ?? "application/octet-stream").Split(';')[0].Trim().ToLowerInvariant(), told.Number("size") ?? head.Length, address, head)
        {
            Extension = told.Text("extension"), Charset = told.Text("charset"),
            Width = (int?)told.Number("width"), Height = (int?)told.Number("height"), Pages = (int?)told.Number("pages"),
            Classification = told.Part("classification"), Preview = preview,
        };
    }
}

/// <summary>Reads what may be missing, or be of another kind than it was thought of.</summary>
static class ToldOfFiles
{
    public static JsonElement? Part(this JsonElement? told, string name) =>
        told is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement? told, string name) =>
        told.Part(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } words ? words : null;

    public static long? Number(this JsonElement? told, string name) =>
        told.Part(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    public static double? Measure(this JsonElement? told, string name) =>
        told.Part(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;
}
