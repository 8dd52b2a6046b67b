using System.Collections.Frozen;
using System.Reflection;

namespace Ouro.Server.Web;

/// <summary>
/// The styles and scripts that were bundled into this assembly, each named by its content, so that a browser asks for it once. Compressed at build.
/// </summary>
public static class WebAssets
{
    const string Folder = "/web/assets/";

    static readonly FrozenDictionary<string, Asset> ByFile = Read().ToFrozenDictionary(a => a.File, StringComparer.Ordinal);

    // site.css of site.4F2A….css
    static readonly FrozenDictionary<string, string> Paths = ByFile.Keys.ToFrozenDictionary(
        file => file.Split('.') is [var name, _, var ending] ? $"{name}.{ending}" : file, file => Folder + file, StringComparer.Ordinal);

    /// <summary>The address of a bundled file by its plain name, e.g. <c>site.css</c>.</summary>
    public static string Path(string name) => Paths[name];

    public static Task Serve(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Path.Value is not { } path || !path.StartsWith(Folder, StringComparison.Ordinal)
            || !ByFile.TryGetValue(path[Folder.Length..], out var asset) || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
            return next(context);
        var accepted = request.Headers.AcceptEncoding.ToString();
        var (content, encoding) = !asset.IsCompressed ? (asset.Plain, null)
            : accepted.Contains("br", StringComparison.Ordinal) ? (asset.Brotli, "br")
            : accepted.Contains("gzip", StringComparison.Ordinal) ? (asset.Gzip, "gzip")
            : (asset.Plain, null);
        var bytes = content.Value;
        response.ContentType = asset.ContentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        if (encoding is not null) response.Headers.ContentEncoding = encoding;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }

    static IEnumerable<Asset> Read()
    {
        const string Prefix = "web/";
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().ToHashSet(StringComparer.Ordinal);
        return names
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(".br", StringComparison.Ordinal) && !name.EndsWith(".gz", StringComparison.Ordinal))
            .Select(name => new Asset(
                name[Prefix.Length..], Kind(name), names.Contains(name + ".br"), Bytes(assembly, name), Bytes(assembly, name + ".br"), Bytes(assembly, name + ".gz")));
    }

    // Read when it is first asked for: most of the bytes are of viewers that few pages need.
    static Lazy<byte[]> Bytes(Assembly assembly, string name) => new(() =>
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} was not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    static string Kind(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".wasm" => "application/wasm",
        _ => "application/octet-stream",
    };

    sealed record Asset(string File, string ContentType, bool IsCompressed, Lazy<byte[]> Plain, Lazy<byte[]> Brotli, Lazy<byte[]> Gzip);
}
