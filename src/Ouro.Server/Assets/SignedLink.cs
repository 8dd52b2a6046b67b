using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ouro.Server.Assets;

/// <summary>What a link without a credential says, and that this server says it.</summary>
/// <param name="Subject">What it leads to.</param>
/// <param name="Credential">The key, or the account, that it was made with; it opens no more than that does when it is used.</param>
/// <param name="IsKey">Which of the two.</param>
/// <param name="Expires">Until when it works.</param>
/// <param name="Format">What else it says.</param>
public sealed record SignedLink(Guid Subject, Guid Credential, bool IsKey, DateTimeOffset Expires, string Format = "")
{
    const int Signature = 32;
    const int Fixed = 16 + 16 + 1 + 8;

    public string Signed(byte[] secret)
    {
        var said = new byte[Fixed + Encoding.UTF8.GetByteCount(Format)];
        Subject.TryWriteBytes(said);
        Credential.TryWriteBytes(said.AsSpan(16));
        said[32] = IsKey ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(said.AsSpan(33), Expires.UtcTicks);
        Encoding.UTF8.GetBytes(Format, said.AsSpan(Fixed));
        return Base64Url.EncodeToString([.. HMACSHA256.HashData(secret, said), .. said]);
    }

    public static SignedLink? Read(string? text, byte[] secret)
    {
        if (text is null or { Length: > 500 }) return null;
        var bytes = new byte[text.Length];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var count) != OperationStatus.Done || count < Signature + Fixed) return null;
        bytes = bytes[..count];
        var said = bytes.AsSpan(Signature);
        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, said), bytes.AsSpan(0, Signature))
            ? new(new(said[..16]), new(said[16..32]), said[32] == 1, new(BinaryPrimitives.ReadInt64BigEndian(said[33..]), TimeSpan.Zero), Encoding.UTF8.GetString(said[Fixed..]))
            : null;
    }
}
