using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>A small picture of an image.</summary>
/// <param name="Content">Its bytes, at most <see cref="Thumbnails.MostBytes"/>.</param>
/// <param name="ContentType">What they are.</param>
/// <param name="Width">Pixels across, at most <see cref="Thumbnails.Longest"/>.</param>
/// <param name="Height">Pixels down, at most as many.</param>
public sealed record Thumbnail(byte[] Content, string ContentType, int Width, int Height);

/// <summary>Makes small pictures of images, in a process of its own: decoding is where images attack.</summary>
public sealed class Thumbnails(ILogger<Thumbnails> log) : IAsyncDisposable
{
    public const int Longest = 640;
    public const int MostBytes = 200_000;

    /// <summary>A few bytes may claim any number of pixels, and decoding takes four bytes for each.</summary>
    public const long MostPixels = 100_000_000;

    readonly InspectionWorker worker = new(TimeSpan.FromSeconds(20), log);

    /// <summary>The process that draws, while there is one.</summary>
    internal int? WorkerId => worker.ProcessId;

    /// <summary>Whether pictures are made of files of this type at all.</summary>
    public static bool AreMadeOf(string contentType) => contentType is "image/png" or "image/jpeg" or "image/gif" or "image/webp" or "image/bmp";

    /// <summary>Makes a picture; null where none can be made, or none shall be of so large an image.</summary>
    public async Task<Thumbnail?> Make(SpooledFile file, string contentType, CancellationToken ct)
    {
        if (!AreMadeOf(contentType) || Size(file, contentType, ct) is not var (width, height) || (long)width * height > MostPixels) return null;
        return await worker.Ask(new(WorkerQuestion.Thumbnail, file.Path), ct) is { Picture: { } picture } answer ? new(picture, "image/webp", answer.Width, answer.Height) : null;
    }

    (int, int)? Size(SpooledFile file, string contentType, CancellationToken ct)
    {
        try
        {
            using var bytes = new FileBytes(file, ct);
            return Pictures.Size(bytes, contentType);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogDebug(e, "No picture is made of a file whose header cannot be read.");
            return null;
        }
    }

    public ValueTask DisposeAsync() => worker.DisposeAsync();
}
