using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Users;

/// <summary>
/// The codes of links: the id of a row, and what only this server can derive from it. The database holds no secret, a link can be shown again to who
/// may see it, and it ends with its row.
/// </summary>
public sealed class LinkCodes(ServerKey key)
{
    const int Id = 16;
    const int Proof = 16;

    public string Of(string purpose, Guid id) => Base64Url.EncodeToString([.. id.ToByteArray(), .. Derived(purpose, id)]);

    /// <summary>The row that a code is of; null where this server never gave it out for this purpose.</summary>
    public Guid? Read(string purpose, string? code)
    {
        var bytes = new byte[Id + Proof];
        if (code is not { Length: 43 } || Base64Url.DecodeFromChars(code, bytes, out _, out var count) != OperationStatus.Done || count != bytes.Length) return null;
        var id = new Guid(bytes.AsSpan(0, Id));
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(Id), Derived(purpose, id)) ? id : null;
    }

    byte[] Derived(string purpose, Guid id) => key.DeriveBytes($"link {purpose} {id}")[..Proof];
}
