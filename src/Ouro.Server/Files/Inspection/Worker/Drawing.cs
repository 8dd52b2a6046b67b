using SkiaSharp;

namespace Ouro.Server.Files;

/// <summary>Draws an image small, the right way up.</summary>
static class Drawing
{
    public static WorkerAnswer? Of(string path)
    {
        using var codec = SKCodec.Create(path);
        if (codec is null || (long)codec.Info.Width * codec.Info.Height > Thumbnails.MostPixels) return null;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var scale = Math.Min(1, (float)Thumbnails.Longest / Math.Max(width, height));

        // Some formats can be decoded smaller at once, in steps; a step too large is scaled down, one too small would be blurred.
        var decoded = codec.GetScaledDimensions(Math.Min(1, scale * 1.2f));
        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()));
        // A photograph that was cut off is shown as far as it goes.
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput)) return null;
        using var image = SKImage.FromPixels(bitmap.PeekPixels());
        for (var longest = Thumbnails.Longest; longest >= 80; longest /= 2)
        {
            scale = Math.Min(1, (float)longest / Math.Max(width, height));
            using var drawn = Drawn(image, codec.EncodedOrigin, Pixels(width * scale), Pixels(height * scale));
            foreach (var quality in (int[])[80, 60, 40])
            {
                using var written = drawn.Encode(SKEncodedImageFormat.Webp, quality);
                if (written is not null && written.Size <= Thumbnails.MostBytes) return new(null, written.ToArray(), drawn.Width, drawn.Height);
            }
        }
        return null;
    }

    static int Pixels(float length) => Math.Max(1, (int)MathF.Round(length));

    /// <summary>As the camera was held, which Exif counts from 1 to 8; from 5 on, it was on its side.</summary>
    static SKImage Drawn(SKImage image, SKEncodedOrigin origin, int width, int height)
    {
        var isTurned = (int)origin >= 5;
        using var surface = SKSurface.Create(new SKImageInfo(isTurned ? height : width, isTurned ? width : height, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()));
        var turn = origin switch
        {
            SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
            _ => SKMatrix.Identity,
        };
        surface.Canvas.Concat(in turn);
        surface.Canvas.DrawImage(image, new SKRect(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return surface.Snapshot();
    }
}
