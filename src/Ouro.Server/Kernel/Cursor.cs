using System.Buffers;
using System.Buffers.Text;
using System.Buffers.Binary;

namespace Ouro.Server.Kernel;

/// <summary>Where a list continues: after the item of this moment and id. Opaque on the wire.</summary>
public readonly record struct Cursor(DateTimeOffset At, Guid Id)
{
    /// <summary>Before everything in a list that is newest first.</summary>
    public static readonly Cursor Start = new(DateTimeOffset.MaxValue.AddYears(-1), new Guid("ffffffff-ffff-ffff-ffff-ffffffffffff"));

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    public static Cursor Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Start;
        Span<byte> bytes = stackalloc byte[24];
        if (text.Length == 32 && Base64Url.DecodeFromChars(text, bytes, out _, out var count) == OperationStatus.Done && count == 24
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            return new(new(ticks, TimeSpan.Zero), new(bytes[8..]));
        throw Refusal.Fields(("after", "after is the cursor of an earlier page, unchanged."));
    }
}
