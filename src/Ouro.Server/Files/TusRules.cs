using System.Security.Cryptography;
using System.Text;

namespace Ouro.Server.Files;

/// <summary>How tus writes what it says: names and values in headers.</summary>
public static class TusRules
{
    const int LongestMetadata = 8 << 10;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The ways to sum up a request, in the words of tus.</summary>
    public static readonly IReadOnlyDictionary<string, (HashAlgorithmName Algorithm, int Bytes)> Algorithms = new Dictionary<string, (HashAlgorithmName, int)>
    {
        ["sha256"] = (HashAlgorithmName.SHA256, 32),
        ["sha1"] = (HashAlgorithmName.SHA1, 20),
        ["md5"] = (HashAlgorithmName.MD5, 16),
    };

    /// <summary>What <c>Upload-Metadata</c> says: keys, each with text in base64.</summary>
    public static Dictionary<string, string> Metadata(string? header)
    {
        var said = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(header)) return said;
        if (header.Length > LongestMetadata) throw Wrong("Upload-Metadata", "has at most 8 KiB");
        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries))
        {
            var (key, value) = pair.IndexOf(' ') is var space && space < 0 ? (pair, "") : (pair[..space], pair[(space + 1)..].Trim());
            if (key.Length == 0 || !said.TryAdd(key, Text(value))) throw Wrong("Upload-Metadata", "is a list of different keys, each with a text in base64: filename RmUuY2lm,filetype …");
        }
        return said;
    }

    public static string Metadata(StoredUpload upload) => string.Join(',',
        from said in new[] { ("filename", upload.FileName), ("filetype", upload.ContentType), ("sha256", upload.DeclaredSha256), ("fingerprint", upload.Fingerprint) }
        where said.Item2 is not null
        select $"{said.Item1} {Convert.ToBase64String(Encoding.UTF8.GetBytes(said.Item2))}");

    /// <summary>What somebody announces with its length and metadata.</summary>
    public static AnnouncedFile Announced(long length, Dictionary<string, string> said) => new(
        said.GetValueOrDefault("filename"), FileRules.Visible(said.GetValueOrDefault("visibility")), said.GetValueOrDefault("filetype") is { Length: > 0 } type ? type : null,
        length, said.GetValueOrDefault("sha256"), said.GetValueOrDefault("fingerprint"));

    /// <summary>A number of bytes in a header.</summary>
    public static long Number(string? header, string name) =>
        header is { Length: > 0 and < 19 } && header.All(char.IsAsciiDigit) ? long.Parse(header, System.Globalization.CultureInfo.InvariantCulture) : throw Wrong(name, "is a number of bytes");

    /// <summary>What <c>Upload-Checksum</c> says; null where it is not there.</summary>
    public static Checksum? Checksum(string? header)
    {
        if (string.IsNullOrWhiteSpace(header)) return null;
        var sum = new byte[64];
        return header.Trim().Split(' ', 2) is [var name, var value] && Algorithms.TryGetValue(name, out var known)
            && Convert.TryFromBase64String(value.Trim(), sum, out var length) && length == known.Bytes
            ? new(known.Algorithm, sum[..length])
            : throw Wrong("Upload-Checksum", $"is one of {string.Join(", ", Algorithms.Keys)}, a space, and the sum in base64");
    }

    static string Text(string base64)
    {
        try
        {
            return Strict.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Wrong("Upload-Metadata", "holds UTF-8 in base64");
        }
    }

    static Refusal Wrong(string header, string problem) => Refusal.Fields((header, $"{header} {problem}."));
}
