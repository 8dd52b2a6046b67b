namespace Ouro.Server.Files;

/// <summary>Sixteen bytes: where they are, what they are, and the letters among them.</summary>
sealed record HexLine(string Offset, string Bytes, string Letters)
{
    const int Width = 16;

    public static IEnumerable<HexLine> Of(byte[] head, int most) =>
        head.Take(most).Chunk(Width).Select((bytes, i) => new HexLine(
            (i * Width).ToString("x8"),
            string.Join(' ', bytes.Select((b, n) => (n == Width / 2 ? " " : "") + b.ToString("x2"))),
            string.Concat(bytes.Select(b => b is >= 0x20 and < 0x7f ? (char)b : '·'))));
}
