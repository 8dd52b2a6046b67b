
namespace Ouro.Server.Datasets;

/// <summary>The rows of a file, one after another, in memory that does not grow with the file.</summary>
abstract class RowReader : IAsyncDisposable
{
    /// <summary>A row, a value or a quotation longer than this is taken for a broken file.</summary>
    protected const int MaxRowBytes = 16 * 1024 * 1024;

    /// <summary>The columns as the file names them. A JSON file may name more of them as it goes.</summary>
    public abstract IReadOnlyList<string> Headers { get; }

    /// <summary>The types that a column may have by what the file declares.</summary>
    public virtual TypeSet Declared(int column) => TypeSet.Any;

    /// <summary>The current row, valid until the next is read.</summary>
    public Row Row { get; } = new();

    /// <summary>Rows read so far: the number of the current row, for a person.</summary>
    public long RowNumber { get; protected set; }

    /// <summary>How many bytes of the file were read.</summary>
    public abstract long BytesRead { get; }

    /// <summary>Reads the next row, unless there is none.</summary>
    public abstract ValueTask<bool> Read(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    protected Refusal TooLong() => Refusal.Invalid("row_too_long",
        $"Row {RowNumber + 1:N0} is longer than {MaxRowBytes / 1024 / 1024} MiB.", "Look for a quotation mark or a bracket that is never closed.",
        JsonRowsInput.At(RowNumber + 1));
}

/// <summary>UTF-8 text that is read in pieces, each of which begins with what was left of the last.</summary>
sealed class TextWindow(Stream text, FileStream file, int limit) : IAsyncDisposable
{
    byte[] buffer = new byte[256 * 1024];

    public byte[] Buffer => buffer;

    /// <summary>Where the text begins that is not yet understood.</summary>
    public int Start { get; set; }

    public int End { get; private set; }

    /// <summary>There is nothing beyond <see cref="End"/>.</summary>
    public bool Ended { get; private set; }

    public long BytesRead => file.Position;

    public ReadOnlySpan<byte> Text => buffer.AsSpan(Start, End - Start);

    /// <summary>Reads on; false when the text from <see cref="Start"/> has reached the limit.</summary>
    public async ValueTask<bool> More(CancellationToken ct)
    {
        if (Start > 0)
        {
            System.Buffer.BlockCopy(buffer, Start, buffer, 0, End - Start);
            End -= Start;
            Start = 0;
        }
        if (End == buffer.Length)
        {
            if (buffer.Length >= limit) return false;
            Array.Resize(ref buffer, Math.Min(limit, 2 * buffer.Length));
        }
        var read = await text.ReadAsync(buffer.AsMemory(End), ct);
        End += read;
        Ended = read == 0;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await text.DisposeAsync();
        await file.DisposeAsync();
    }
}
