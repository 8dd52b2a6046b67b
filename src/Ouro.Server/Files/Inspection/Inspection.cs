using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>What a file turned out to be, told from its bytes.</summary>
/// <param name="ContentType">Its media type, lower case, without parameters; <c>application/octet-stream</c> where nothing is known.</param>
public sealed record Inspection(string ContentType)
{
    /// <summary>The character set of a text, e.g. <c>utf-8</c>; null for what is no text.</summary>
    public string? Charset { get; init; }

    /// <summary>Pixels across, of an image or a video.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels down.</summary>
    public int? Height { get; init; }

    /// <summary>Seconds of sound or film.</summary>
    public double? Duration { get; init; }

    /// <summary>Pages of a document.</summary>
    public int? Pages { get; init; }

    /// <summary>What its content is about: <c>{"inspector": "cif", "kind": "crystal", "version": 1, …}</c>; null where no inspector knows it.</summary>
    public JsonElement? Classification { get; init; }

    /// <summary>A taste of its content, as an array of objects: the first rows of a CSV file, the entries of an archive. Only for who may open the file.</summary>
    public JsonElement? Preview { get; init; }

    public static readonly Inspection Unknown = new("application/octet-stream");
}
