using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Web;

/// <summary>
/// The keys that cookies and forms are protected with: files in the data directory, encrypted with a key derived from the installation's own
/// secret, so that a copy of the folder without that secret signs nobody in.
/// </summary>
static class SessionKeys
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Keep(KeyManagementOptions options, Installation installation, ILoggerFactory logs)
    {
        var folder = Directory.CreateDirectory(installation.Directory.File("keys"), Private);
        options.XmlRepository = new FileSystemXmlRepository(folder, logs);
        options.XmlEncryptor = new KeyEncryptor(installation.Directory.Key);
    }

    public static AesGcm Cipher(ServerKey key) => new(key.DeriveBytes("session keys"), AesGcm.TagByteSizes.MaxSize);
}

/// <summary>Encrypts a key file's content: nonce, tag and text as base64.</summary>
sealed class KeyEncryptor(ServerKey key) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var (nonce, tag) = (RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[AesGcm.TagByteSizes.MaxSize]);
        using var cipher = SessionKeys.Cipher(key);
        cipher.Encrypt(nonce, text, text, tag);
        return new(new("encryptedKey", Convert.ToBase64String([.. nonce, .. tag, .. text])), typeof(KeyDecryptor));
    }
}

/// <summary>Reads what <see cref="KeyEncryptor"/> wrote; made by the framework from the type's name in the file.</summary>
sealed class KeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = Convert.FromBase64String(encryptedElement.Value);
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var text = new byte[bytes.Length - nonce - tag];
        using var cipher = SessionKeys.Cipher(services.GetRequiredService<ServerKey>());
        cipher.Decrypt(bytes.AsSpan(0, nonce), bytes.AsSpan(nonce + tag), bytes.AsSpan(nonce, tag), text);
        return XElement.Parse(Encoding.UTF8.GetString(text));
    }
}
