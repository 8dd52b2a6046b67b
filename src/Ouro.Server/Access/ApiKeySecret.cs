using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Ouro.Server.Access;

/// <summary>
/// The secret of an API key: <c>ouro_pat_</c>, 32 random letters and digits (190 bits), and a checksum of six, so that a cut or mistyped
/// key is told from a revoked one, and scanners recognise a leaked one. Only its SHA-256 is kept: it has too much entropy to be guessed.
/// </summary>
public static class ApiKeySecret
{
    const string Prefix = "ouro_pat_";
    const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int Random = 32;
    const int Checksum = 6;

    public static string New()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Letters, Random);
        return body + Check(body);
    }

    /// <summary>Whether this is the whole of some key, known or not.</summary>
    public static bool IsWellFormed(string secret) =>
        secret.Length == Prefix.Length + Random + Checksum
        && secret.StartsWith(Prefix, StringComparison.Ordinal)
        && Check(secret[..^Checksum]) == secret[^Checksum..];

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    static string Check(string body)
    {
        var sum = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(body));
        Span<char> check = stackalloc char[Checksum];
        for (var i = Checksum - 1; i >= 0; i--, sum /= 62) check[i] = Letters[(int)(sum % 62)];
        return new(check);
    }
}
