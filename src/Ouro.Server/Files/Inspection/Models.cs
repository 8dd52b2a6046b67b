using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>How many triangles and vertices a 3D model has, where its header says so or it is small enough to count them.</summary>
static class Models
{
    const int MostCounted = 32 << 20;

    public static JsonElement Of(FileBytes file, string type)
    {
        var (inspector, (triangles, vertices)) = type switch
        {
            "model/gltf-binary" => ("gltf", Gltf(file.Read(20, (int)Math.Min(((ReadOnlySpan<byte>)file.Head).Little32(12), 8 << 20)))),
            "model/gltf+json" => ("gltf", file.Whole(8 << 20) is { } json ? Gltf(json) : default),
            "model/stl" => ("stl", Stl(file)),
            "model/ply" => ("ply", Ply(file.Head)),
            _ => ("obj", file.Whole(MostCounted) is { } text ? Obj(text) : default),
        };
        return Classified.As(inspector, "model", ("triangles", triangles), ("vertices", vertices));
    }

    /// <summary>glTF lists what its meshes are drawn from.</summary>
    static (long?, long?) Gltf(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json[..(json.Span.LastIndexOf((byte)'}') + 1)]);
        long triangles = 0, vertices = 0;
        var accessors = document.RootElement.TryGetProperty("accessors", out var list) ? list.EnumerateArray().Select(a => a.GetProperty("count").GetInt64()).ToArray() : [];
        long Count(JsonElement index) => index.TryGetInt32(out var i) && i >= 0 && i < accessors.Length ? accessors[i] : 0;
        if (document.RootElement.TryGetProperty("meshes", out var meshes))
            foreach (var primitive in meshes.EnumerateArray().SelectMany(mesh => mesh.GetProperty("primitives").EnumerateArray()))
            {
                var points = primitive.TryGetProperty("attributes", out var attributes) && attributes.TryGetProperty("POSITION", out var position) ? Count(position) : 0;
                vertices += points;
                if (!primitive.TryGetProperty("mode", out var mode) || mode.GetInt32() == 4) triangles += (primitive.TryGetProperty("indices", out var indices) ? Count(indices) : points) / 3;
            }
        return (triangles, vertices);
    }

    static (long?, long?) Stl(FileBytes file)
    {
        ReadOnlySpan<byte> head = file.Head;
        if (head.Length >= 84 && file.Length == 84 + 50L * head.Little32(80)) return (head.Little32(80), null);
        return file.Whole(MostCounted) is { } text ? (text.AsSpan().Count("facet normal"u8), null) : default;
    }

    static (long?, long?) Ply(ReadOnlySpan<byte> head)
    {
        long? triangles = null, vertices = null;
        foreach (var line in Encoding.ASCII.GetString(head[..Math.Max(0, head.IndexOf("end_header"u8))]).Split(['\r', '\n']))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["element", var element, var said] && long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                (triangles, vertices) = element switch { "face" => (count, vertices), "vertex" => (triangles, count), _ => (triangles, vertices) };
        return (triangles, vertices);
    }

    /// <summary>A face of n corners is drawn as n - 2 triangles.</summary>
    static (long?, long?) Obj(ReadOnlySpan<byte> text)
    {
        long triangles = 0, vertices = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.StartsWith("v "u8)) vertices++;
            else if (line.StartsWith("f "u8))
            {
                var corners = 0;
                for (var i = 1; i < line.Length; i++)
                    if (line[i] > ' ' && line[i - 1] <= ' ') corners++;
                triangles += Math.Max(0, corners - 2);
            }
        }
        return (triangles, vertices);
    }
}
