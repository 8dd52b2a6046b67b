using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Ouro.Bench;

/// <summary>
/// A gibibyte of random bytes in a file. Each time they are sent they begin otherwise, because content that is stored already is not written again.
/// </summary>
sealed class Cargo : IDisposable
{
    public const long Gibibyte = 1L << 30;
    public const int Piece = 8 << 20;

    readonly SafeFileHandle file;

    Cargo(string path) => (Path, file) = (path, File.OpenHandle(path));

    public string Path { get; }

    public static Cargo Load(Scratch scratch)
    {
        var (path, random, bytes) = (scratch.File("cargo"), new Random(5), new byte[Piece]);
        using (var to = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            for (long at = 0; at < Gibibyte; at += bytes.Length)
            {
                random.NextBytes(bytes);
                RandomAccess.Write(to, bytes, at);
            }
            // What the system still has to write would be paid for by who is measured first.
            RandomAccess.FlushToDisk(to);
        }
        return new(path);
    }

    /// <summary>So many bytes, beginning like nothing before; while a piece is sent the next one is read. A piece is good until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(long length, int size, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var (now, next) = (new byte[size], new byte[size]);
        var reading = Read(now, 0, length, ct);
        for (long at = 0; at < length;)
        {
            var read = await reading;
            if (at == 0) RandomNumberGenerator.Fill(now.AsSpan(0, 16));
            at += read;
            reading = Read(next, at, length, ct);
            yield return now.AsMemory(0, read);
            (now, next) = (next, now);
        }
    }

    Task<int> Read(byte[] piece, long at, long length, CancellationToken ct) => Task.Run(() =>
    {
        var (place, read) = (at % Gibibyte, 0);
        for (var wanted = (int)Math.Min(Math.Min(piece.Length, length - at), Gibibyte - place); read < wanted;)
            read += RandomAccess.Read(file, piece.AsSpan(read, wanted - read), place + read);
        return read;
    }, ct);

    /// <summary>The bytes as a body.</summary>
    public HttpContent Body(long length, string type) => new Sent(Pieces(length, Piece), length, type);

    /// <summary>The bytes as the public client sends a file: in base64, within JSON.</summary>
    public HttpContent Json(long length)
    {
        var (before, after) = ("""{"file_name":"cargo.bin","file_base64":" """.TrimEnd(' '), "\"}");
        return new Sent(Encoded(), before.Length + Base64.GetMaxEncodedToUtf8Length((int)length) + after.Length, "application/json");

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Encoded()
        {
            yield return System.Text.Encoding.ASCII.GetBytes(before);
            // Three bytes are four letters, so that only the last piece is filled up.
            const int Decoded = 3 << 20;
            var letters = new byte[Decoded / 3 * 4];
            await foreach (var piece in Pieces(length, Decoded))
            {
                Base64.EncodeToUtf8(piece.Span, letters, out _, out var written);
                yield return letters.AsMemory(0, written);
            }
            yield return System.Text.Encoding.ASCII.GetBytes(after);
        }
    }

    public void Dispose() => file.Dispose();

    sealed class Sent : HttpContent
    {
        readonly IAsyncEnumerable<ReadOnlyMemory<byte>> pieces;
        readonly long length;

        public Sent(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, long length, string type)
        {
            (this.pieces, this.length) = (pieces, length);
            Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await foreach (var piece in pieces.WithCancellation(cancellationToken)) await stream.WriteAsync(piece, cancellationToken);
        }
    }
}
