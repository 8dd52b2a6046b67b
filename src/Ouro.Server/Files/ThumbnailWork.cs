using System.Text.Json;
using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>Small pictures of images, made once for each content, in the background.</summary>
public sealed class ThumbnailWork(Db db, Jobs jobs, Blobs blobs, UploadSpool spool, Thumbnails thumbnails)
{
    public const string Kind = "file.thumbnail";

    // A larger image is shown as it is, by who opens its page.
    const long Largest = 100 << 20;

    sealed record Input(string Sha256, string ContentType);

    /// <summary>Puts the work in the queue, in the transaction of the file that has the content.</summary>
    public Task Add(Tx tx, Actor actor, Blob blob, string contentType, CancellationToken ct) => !Thumbnails.AreMadeOf(contentType) || blob.Size > Largest ? Task.CompletedTask
        : jobs.Add(tx, Guid.CreateVersion7(), Kind, actor.Id, "waiting", Wire.Element(new Input(blob.Sha256, contentType)), ct);

    /// <summary>Makes the picture, unless there is one; an image of which none can be made has none.</summary>
    public async Task<JsonElement> Run(Job job, CancellationToken ct)
    {
        var input = job.Input.Deserialize<Input>(Wire.Options)!;
        if (await FileStore.HasThumbnail(db, input.Sha256, ct)) return Wire.Element(new { made = false });
        // Under a name of its own: what an earlier try left behind is swept away just when this one begins.
        var id = Guid.CreateVersion7();
        var copy = spool.File(id);
        try
        {
            await using (var content = await blobs.Open(input.Sha256, ct))
            await using (var to = new FileStream(copy.Path, FileMode.Create, FileAccess.Write))
                await content.CopyToAsync(to, ct);
            var made = await thumbnails.Make(copy, input.ContentType, ct);
            if (made is not null) await FileStore.KeepThumbnail(db, input.Sha256, made, ct);
            return Wire.Element(new { made = made is not null });
        }
        finally
        {
            spool.Remove(id);
        }
    }
}
