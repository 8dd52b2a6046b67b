using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ouro.Server.Data.Embedded;

/// <summary>
/// The one secret of an installation: 32 random bytes beside the data. Every other secret the server needs is derived from it, so that
/// there is one thing to keep, back up and never show.
/// </summary>
public sealed class ServerKey
{
    const int Length = 32;

    readonly byte[] secret;

    ServerKey(byte[] secret) => this.secret = secret;

    /// <summary>A secret for one purpose, always the same for the same label: HMAC-SHA256 as base64url (43 characters).</summary>
    public string Derive(string label) => Base64Url.EncodeToString(DeriveBytes(label));

    /// <inheritdoc cref="Derive"/>
    public byte[] DeriveBytes(string label) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(label));

    /// <summary>Reads the key, or makes it. Only who holds the folder's lock may make one.</summary>
    internal static ServerKey Open(string path, bool mayCreate)
    {
        if (!File.Exists(path))
        {
            if (!mayCreate)
                throw new StartException($"The key {path} is not there.");
            Posix.WriteWhole(path, RandomNumberGenerator.GetBytes(Length), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var secret = File.ReadAllBytes(path);
        if (secret.Length != Length)
            throw new StartException($"The key {path} has {secret.Length} bytes instead of {Length}. "
                + "Restore it from a backup: without it the database cannot be opened.");
        if (mayCreate && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(secret);
    }
}
