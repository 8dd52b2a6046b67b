using System.Text;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>
/// The rows of a delimited text file. Blank lines are no rows; values that a row lacks at its end are null; values beyond the last column are
/// refused, since nobody could say whose they are.
/// </summary>
sealed class CsvRows : RowReader
{
    readonly TextWindow window;
    readonly CsvRecord record;
    readonly CsvShape shape;
    string[] headers = [];

    CsvRows(TextWindow window, CsvShape shape)
    {
        this.window = window;
        this.shape = shape;
        record = new(shape.Delimiter);
    }

    public override IReadOnlyList<string> Headers => headers;

    public override long BytesRead => window.BytesRead;

    public static async Task<CsvRows> Open(SpooledFile file, TextEncoding encoding, CsvShape shape, CancellationToken ct)
    {
        var (text, opened) = encoding.Open(file);
        var rows = new CsvRows(new(text, opened, MaxRowBytes), shape);
        try
        {
            await rows.Begin(ct);
            return rows;
        }
        catch
        {
            await rows.DisposeAsync();
            throw;
        }
    }

    async Task Begin(CancellationToken ct)
    {
        if (!shape.HasHeader)
        {
            headers = [.. Enumerable.Range(1, shape.Columns).Select(n => $"column_{n}")];
            return;
        }
        if (!await Next(ct)) throw Refusal.Invalid("empty_file", "The file is empty.", "Send a file with a header or at least one row.");
        headers = new string[Row.Count];
        for (var i = 0; i < headers.Length; i++) headers[i] = Encoding.UTF8.GetString(Row.Text(Row[i])).Trim();
    }

    public override async ValueTask<bool> Read(CancellationToken ct)
    {
        if (!await Next(ct)) return false;
        RowNumber++;
        if (Row.Count < headers.Length) Row.Widen(headers.Length);
        else if (Row.Count > headers.Length) DropEmptyEnd();
        return true;
    }

    async ValueTask<bool> Next(CancellationToken ct)
    {
        while (true)
        {
            if (window.Start == window.End && window.Ended) return false;
            var next = Try();
            if (next < 0 || window.Start == window.End)
            {
                if (!await window.More(ct)) throw TooLong();
                continue;
            }
            window.Start = next;
            if (Row.Count > 1 || Row[0].Kind != CellKind.Null) return true;
        }
    }

    int Try()
    {
        try
        {
            return record.Read(window.Buffer, window.Start, window.End, window.Ended, Row);
        }
        catch (UnclosedQuotation)
        {
            throw Refusal.Invalid("unclosed_quotation", $"The file ends within a quotation that row {RowNumber + 1:N0} opens.",
                "The file may have been cut off; otherwise double the quotation marks that belong to a value.");
        }
    }

    void DropEmptyEnd()
    {
        for (var i = headers.Length; i < Row.Count; i++)
            if (Row[i].Kind != CellKind.Null)
                throw Refusal.Invalid("too_many_values",
                    $"Row {RowNumber:N0} has {Row.Count} values; the file has {headers.Length} columns. " +
                    $"The first value too many is “{Row.Shown(i)}”.",
                    "Put values that contain the delimiter between quotation marks.");
        Row.Shorten(headers.Length);
    }

    public override ValueTask DisposeAsync() => window.DisposeAsync();
}
