using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>What one request brings to an upload.</summary>
/// <param name="Offset">Where its sender takes the upload to stand.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Length">How many they are, where that is told before.</param>
/// <param name="Checksum">Their sum, by which they are taken all or not at all.</param>
public sealed record Portion(long Offset, Stream Body, long? Length, Checksum? Checksum);

/// <summary>A sum of bytes, by one of the ways that tus knows.</summary>
public sealed record Checksum(HashAlgorithmName Algorithm, byte[] Sum);

/// <summary>Uploads that come piece by piece and survive what interrupts them.</summary>
public sealed partial class UploadOperations
{
    const int Buffer = 256 << 10;

    /// <summary>How an upload stands that goes on piece by piece. One that is all here and was not looked at, because the server stopped, is now.</summary>
    public async Task<StoredUpload> Standing(Actor actor, Guid id, CancellationToken ct)
    {
        var upload = await InPieces(actor, id, ct);
        await open.Settled(id, ct);
        try
        {
            return await Settle(actor, id, ct) ?? await InPieces(actor, id, ct);
        }
        catch (Refusal refusal) when (refusal.Status == 460)
        {
            // It begins anew, and how far it is then is what was asked.
            return await InPieces(actor, upload.Id, ct);
        }
    }

    /// <summary>Receives bytes of an upload. What arrives is kept, whatever ends the request; with the last byte the upload is whole.</summary>
    public async Task<StoredUpload> Append(Actor actor, Guid id, Portion portion, CancellationToken ct)
    {
        await InPieces(actor, id, ct);
        await using var turn = await open.Take(id, ct) ?? throw Busy();
        var upload = await InPieces(actor, id, ct);
        var left = upload.Length!.Value - upload.Received;
        if (portion.Offset != upload.Received) throw OffsetDiffers(portion.Offset, upload.Received);
        if (portion.Length > left) throw Beyond(upload.Length.Value);
        if (upload.IsComplete) return upload;
        upload = await Receive(turn, upload, portion, left, ct);
        return upload.Received == upload.Length ? await Settle(turn, upload) : upload;
    }

    /// <summary>Throws an upload away, also while it is being sent.</summary>
    public async Task Terminate(Actor actor, Guid id, CancellationToken ct)
    {
        await InPieces(actor, id, ct);
        if (!await Remove(actor, id, ct)) throw NoUpload(id.ToString());
    }

    /// <summary>An upload all of which is here becomes whole, where the server stopped before it was; null where there is nothing to do.</summary>
    public async Task<StoredUpload?> Settle(Actor actor, Guid id, CancellationToken ct)
    {
        if (await UploadStore.Find(db, id, clock.Now(), ct) is not { } seen || !seen.IsFor(actor) || !IsUnsettled(seen)) return null;
        await using var turn = await open.Take(id, ct);
        return turn is not null && await UploadStore.Find(db, id, clock.Now(), ct) is { } upload && IsUnsettled(upload) ? await Settle(turn, upload) : null;
    }

    bool IsUnsettled(StoredUpload upload) => !upload.IsComplete && upload.Received == upload.Length && upload.Instance == jobs.Instance;

    async Task<StoredUpload> InPieces(Actor actor, Guid id, CancellationToken ct)
    {
        var upload = await UploadStore.Any(db, id, ct);
        // Its bytes are on the disk of the installation that it began at; and one whose length nobody told takes them whole, by its link.
        if (upload is null || !upload.IsFor(actor) || upload.Length is null || !upload.IsComplete && upload.Instance != jobs.Instance) throw NoUpload(id.ToString());
        return upload.ExpiresAt > clock.Now() ? upload
            : throw new Refusal(410, "upload_expired", "This upload was not gone on with for too long, and is thrown away.", "Begin it anew.");
    }

    async Task<StoredUpload> Receive(OpenUploads.Turn turn, StoredUpload upload, Portion portion, long left, CancellationToken ct)
    {
        var file = await FileAt(turn, upload);
        var mark = portion.Checksum is null ? null : file.Mark();
        using var sum = portion.Checksum is null ? null : IncrementalHash.CreateHash(portion.Checksum.Algorithm);
        var (broken, isWriting, noting) = (default(ExceptionDispatchInfo), false, Task.CompletedTask);
        try
        {
            // What is checked as a whole counts only when it was.
            var (counted, noted) = (sum is null ? file.Length : long.MaxValue, file.Length);
            await foreach (var bytes in Pieces(portion.Body, turn.Interrupted))
            {
                if ((left -= bytes.Length) < 0) throw Beyond(upload.Length!.Value);
                // Whatever dies, at most a piece of what came is asked for again: a sender that is faster than disk and database waits for them.
                while (file.Length + bytes.Length - counted > ArrivingFile.Piece)
                {
                    isWriting = true;
                    await file.CatchUp();
                    isWriting = false;
                    await noting;
                    if (file.Synced > noted) await Advance(upload, noted = file.Synced);
                    counted = noted;
                }
                isWriting = true;
                await file.Write(bytes, CancellationToken.None);
                isWriting = false;
                sum?.AppendData(bytes.Span);
                if (sum is not null || file.Synced == noted || !noting.IsCompleted) continue;
                await noting;
                counted = noted;
                noted = file.Synced;
                noting = Advance(upload, noted);
            }
            await noting;
        }
        catch (Exception e)
        {
            broken = ExceptionDispatchInfo.Capture(e);
            // One that is still on its way to the database would say less than the last one, and say it later.
            await noting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        try
        {
            if (mark is not null && (broken is not null || !sum!.GetCurrentHash().AsSpan().SequenceEqual(portion.Checksum!.Sum)))
            {
                await file.Return(mark);
                broken ??= ExceptionDispatchInfo.Capture(Damaged(upload.Received));
            }
            await file.Sync();
        }
        catch (IOException e)
        {
            (broken, isWriting) = (broken ?? ExceptionDispatchInfo.Capture(e), true);
        }
        // After a failure of the disk nobody knows what stands in the file behind the bytes that count.
        if (isWriting) await turn.Close();
        upload = await Advance(upload, file.Synced);
        if (broken is not null && Reception.IsFull(broken.SourceException)) throw Reception.Full($"{file.Synced:N0} bytes of this upload are kept.");
        // Its sender is still there to hear that somebody threw it away.
        if (broken?.SourceException is OperationCanceledException && !ct.IsCancellationRequested) throw NoUpload(upload.Id.ToString());
        broken?.Throw();
        return upload;
    }

    static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;) yield return buffer.AsMemory(0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The upload's file, where the upload stands; read again where that is not known any more.</summary>
    async Task<ArrivingFile> FileAt(OpenUploads.Turn turn, StoredUpload upload)
    {
        if (turn.File is { } held && held.Length == upload.Received) return held;
        await turn.Close();
        var file = spool.File(upload.Id);
        if (upload.Received == 0) return turn.File = ArrivingFile.Create(file);
        if (File.Exists(file.Path) && file.Length >= upload.Received) return turn.File = await ArrivingFile.Continue(file, upload.Received, CancellationToken.None);
        // Somebody took it from the disk. What is not there cannot be gone on with.
        await Advance(upload, 0);
        throw OffsetDiffers(upload.Received, 0);
    }

    async Task<StoredUpload> Advance(StoredUpload upload, long received)
    {
        upload = upload with { Received = received, ExpiresAt = Expiry() };
        return await UploadStore.Advance(db, upload.Id, received, upload.ExpiresAt, CancellationToken.None) ? upload : throw NoUpload(upload.Id.ToString());
    }

    /// <summary>What is all here is looked at and put away. Whoever sent it may be gone; it is done all the same.</summary>
    async Task<StoredUpload> Settle(OpenUploads.Turn turn, StoredUpload upload)
    {
        var file = await FileAt(turn, upload);
        await file.Sync();
        var blob = new Blob(file.Sha256(), file.Length);
        await turn.Close();
        if (upload.DeclaredSha256 is { } declared && declared != blob.Sha256)
        {
            await Advance(upload, 0);
            spool.Remove(upload.Id);
            throw Differs(declared, blob.Sha256);
        }
        await Finish(upload, await reception.Look(new(upload.Id, blob), upload.FileName, CancellationToken.None), CancellationToken.None);
        spool.Remove(upload.Id);
        return upload with { Sha256 = blob.Sha256 };
    }

    static Refusal Busy() => new(423, "upload_busy", "Somebody else is sending to this upload just now.", "Try again in a moment.") { RetryAfter = 1 };

    static Refusal Beyond(long length) => new(413, "beyond_length", $"These are more bytes than the {length:N0} that the upload was announced with.", "Announce another upload with its real length.");

    static Refusal Damaged(long offset) => new(460, "checksum_mismatch", "These bytes do not have the sum that Upload-Checksum says. They were thrown away.", $"Send them again, from {offset}.");

    static Refusal OffsetDiffers(long said, long real) => Refusal.Conflict("offset_differs", $"The upload stands at {real}, not at {said}.", $"Ask for its offset with HEAD, and go on from there: {real}.");
}
