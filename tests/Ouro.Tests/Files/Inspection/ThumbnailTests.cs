using Shouldly;
using SkiaSharp;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>Small pictures of images.</summary>
public sealed class ThumbnailTests(Inspector inspector) : IClassFixture<Inspector>
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp")]
    public async Task The_longest_side_is_640_pixels(SKEncodedImageFormat format, string type)
    {
        var drawn = (await inspector.Draw(Samples.Picture(format, 2000, 1000), type)).ShouldNotBeNull();
        (drawn.ContentType, drawn.Width, drawn.Height).ShouldBe(("image/webp", 640, 320));
        (await inspector.Look(drawn.Content)).ShouldBe(new Ouro.Server.Files.Inspection("image/webp") { Width = 640, Height = 320 });
        using var bitmap = SKBitmap.Decode(drawn.Content);
        Colour(bitmap, 100, 160).ShouldBe("red");
        Colour(bitmap, 540, 160).ShouldBe("blue");
    }

    [Fact]
    public async Task A_small_image_stays_as_small()
    {
        var drawn = (await inspector.Draw(Samples.Picture(SKEncodedImageFormat.Png, 30, 20), "image/png")).ShouldNotBeNull();
        (drawn.Width, drawn.Height).ShouldBe((30, 20));
        (await inspector.Draw(Samples.Picture(SKEncodedImageFormat.Png, 5000, 1), "image/png"))!.Height.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, "red", "blue", "red")]
    [InlineData(2, "blue", "red", "blue")]
    [InlineData(3, "blue", "red", "blue")]
    [InlineData(4, "red", "blue", "red")]
    [InlineData(5, "red", "red", "blue")]
    [InlineData(6, "red", "red", "blue")]
    [InlineData(7, "blue", "blue", "red")]
    [InlineData(8, "blue", "blue", "red")]
    public async Task A_photograph_is_the_right_way_up(byte orientation, string topLeft, string topRight, string bottomLeft)
    {
        var photograph = Samples.Held(Samples.Picture(SKEncodedImageFormat.Jpeg, 1600, 800), orientation);
        var drawn = (await inspector.Draw(photograph, "image/jpeg")).ShouldNotBeNull();
        (drawn.Width, drawn.Height).ShouldBe(orientation >= 5 ? (320, 640) : (640, 320));
        using var bitmap = SKBitmap.Decode(drawn.Content);
        (Colour(bitmap, 50, 50), Colour(bitmap, drawn.Width - 50, 50), Colour(bitmap, 50, drawn.Height - 50)).ShouldBe((topLeft, topRight, bottomLeft));
    }

    [Fact]
    public async Task Noise_is_no_larger_than_200_kilobytes()
    {
        var noise = Samples.Picture(SKEncodedImageFormat.Png, 1280, 1280, bitmap => new Random(7).NextBytes(bitmap.GetPixelSpan()));
        var drawn = (await inspector.Draw(noise, "image/png")).ShouldNotBeNull();
        drawn.Content.Length.ShouldBeInRange(1000, 200_000);
    }

    [Fact]
    public async Task An_image_that_claims_too_many_pixels_is_not_decoded()
    {
        var before = inspector.Thumbnails.WorkerId;
        (await inspector.Look(Samples.PngHeader(30_000, 30_000))).Width.ShouldBe(30_000);
        (await inspector.Draw(Samples.PngHeader(30_000, 30_000), "image/png")).ShouldBeNull();
        inspector.Thumbnails.WorkerId.ShouldBe(before);
    }

    [Fact]
    public async Task What_is_broken_or_is_no_image_has_no_picture()
    {
        (await inspector.Draw(Samples.PngHeader(300, 200), "image/png")).ShouldBeNull();
        (await inspector.Draw("GIF89a"u8.ToArray(), "image/gif")).ShouldBeNull();
        (await inspector.Draw("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"u8.ToArray(), "image/svg+xml")).ShouldBeNull();
        (await inspector.Draw(Samples.Pdf(1), "image/png")).ShouldBeNull();
        (await inspector.Draw(Samples.Picture(SKEncodedImageFormat.Png, 30, 20), "image/png")).ShouldNotBeNull();
        inspector.Warnings.ShouldBeEmpty();
    }

    static string Colour(SKBitmap bitmap, int x, int y) => bitmap.GetPixel(x, y) is var c && c.Red > 200 && c.Blue < 60 ? "red" : c.Blue > 200 && c.Red < 60 ? "blue" : c.ToString();
}
