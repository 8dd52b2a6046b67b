using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>What a search asks of the metadata: each key is one value, or a list of those that will do.</summary>
static class MetadataFilters
{
    const int MostValues = 50;

    static readonly Dictionary<string, string[]> MediaTypes = new()
    {
        ["image"] = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml", "image/bmp", "image/tiff", "image/vnd.microsoft.icon", "image/avif", "image/heic"],
        ["video"] = ["video/mp4", "video/webm", "video/ogg", "video/avi", "video/mpeg", "video/quicktime", "video/x-ms-wmv", "video/x-flv", "video/x-matroska", "video/3gpp", "video/mp2t"],
        ["audio"] = ["audio/mpeg", "audio/wav", "audio/ogg", "audio/flac", "audio/aac", "audio/x-aiff", "audio/midi", "audio/x-ms-wma", "audio/amr", "audio/mp4"],
        ["pdf"] = ["application/pdf"],
        ["3d model"] = ["model/obj", "model/stl", "model/gltf-binary", "model/gltf+json", "model/ply"],
        ["atomic structure"] =
            ["chemical/x-cif", "chemical/x-pdb", "chemical/x-sdf", "chemical/x-mdl-sdfile", "chemical/x-mdl-molfile", "text/cif", "chemical/x-mmcif", "chemical/x-xyz", "chemical/x-vasp-poscar"],
    };

    public static Sql Of(Actor actor, JsonElement filters)
    {
        if (filters.ValueKind != JsonValueKind.Object) throw Refusal.Fields(("metadata_filters", "metadata_filters is the JSON text of an object."));
        Contract.Bounded(filters, "metadata_filters", 20_000);
        var all = Sql.Join(" and ", filters.EnumerateObject().Select(Filter).OfType<Sql>().DefaultIfEmpty(Sql.True));
        // Nobody finds out by asking what they are not shown.
        return filters.EnumerateObject().Any(f => AssetRules.OfContent.Contains(f.Name)) ? $"({all} and not {AssetStore.HidesContent(actor)})" : all;
    }

    static Sql? Filter(JsonProperty filter)
    {
        var values = (filter.Value.ValueKind == JsonValueKind.Array ? [.. filter.Value.EnumerateArray()] : new[] { filter.Value }).Where(SaysSomething).ToList();
        if (values.Count == 0) return null;
        if (values.Count > MostValues) throw Wrong(filter, $"holds at most {MostValues} values.");
        if (values.Any(v => v.ValueKind is JsonValueKind.Object or JsonValueKind.Array)) throw Wrong(filter, "is a value, or a list of values.");
        var (key, wanted) = filter.Name switch
        {
            "extension" => ("extension", values.Select(v => Wire.Element(Text(filter, v).TrimStart('.').ToLowerInvariant()))),
            "file_type" => ("type", values.SelectMany(v => MediaTypes.TryGetValue(Text(filter, v).ToLowerInvariant(), out var types) ? types
                : throw Wrong(filter, $"is one of {string.Join(", ", MediaTypes.Keys)}.")).Select(Wire.Element)),
            var other => (other, values.AsEnumerable()),
        };
        // Each is asked by itself: the index knows one pair of key and value, not a list of them.
        return $"({Sql.Join(" or ", wanted.Select(value => (Sql)$"a.metadata @> {Wire.Element(new Dictionary<string, JsonElement> { [key] = value })}::jsonb"))})";
    }

    static string Text(JsonProperty filter, JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : throw Wrong(filter, "is a text, or a list of texts.");

    static bool SaysSomething(JsonElement value) =>
        value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && SearchText.Set(value.GetString()) is null);

    static Refusal Wrong(JsonProperty filter, string problem) => Refusal.Fields(($"metadata_filters.{filter.Name}", $"{filter.Name} {problem}"));
}
