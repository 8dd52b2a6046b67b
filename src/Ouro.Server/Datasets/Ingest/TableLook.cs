using System.Text;
using Ouro.Server.Files;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>Looks at files that could become datasets: which columns they have, how many rows, and what the first of them hold.</summary>
static class TableLook
{
    public const string Inspector = "table";
    const int FirstRows = 12;
    const int MostColumns = 200;
    const int LongestValue = 200;
    const int LongestPreview = 32 << 10;

    // Rows are counted in a second; of a longer file nobody waits for that.
    const long MostCounted = 32L << 20;
    const int MostFooter = 16 << 20;
    const long MostUnpacked = 64L << 20;

    public static readonly FileLook Look = new(Inspector, Of);

    static async Task<Inspection> Of(SpooledFile file, string fileName, Inspection seen, CancellationToken ct)
    {
        if (!await IsTable(file, seen.ContentType, ct)) return seen;
        try
        {
            var hints = new ImportHints(fileName, seen.ContentType);
            var format = file.Length <= MostCounted || seen.Charset is null ? await FileFormat.Detect(file, hints, ct) : await Supposed(file, seen, hints, ct);
            await using var rows = await format.Open([], ct);
            return await Told(file, format, rows, seen, ct);
        }
        catch (Refusal)
        {
            // What could not be imported is no table, and is kept as the file that it is.
            return seen;
        }
    }

    static async Task<bool> IsTable(SpooledFile file, string contentType, CancellationToken ct) => contentType switch
    {
        "text/csv" or "text/tab-separated-values" or "application/x-ndjson" => true,
        "application/json" => file.Length <= MostCounted && await BeginsAsRows(file, ct),
        "application/vnd.apache.parquet" => await HasModestFooter(file, ct),
        _ => false,
    };

    /// <summary>Finding out for certain how text is written takes reading all of it; of a long file, what samples said is enough for its first rows.</summary>
    static async Task<FileFormat> Supposed(SpooledFile file, Inspection seen, ImportHints hints, CancellationToken ct)
    {
        var encoding = TextEncoding.Named(seen.Charset!, await Head(file, 4, ct));
        return seen.ContentType == "application/x-ndjson" ? new(file, FileKind.Json, encoding, null)
            : new(file, FileKind.Csv, encoding, await CsvShape.Detect(file, encoding, hints, ct));
    }

    static async Task<Inspection> Told(SpooledFile file, FileFormat format, RowReader rows, Inspection seen, CancellationToken ct)
    {
        var preview = new List<Dictionary<string, string?>>();
        var counts = file.Length <= MostCounted;
        var isWhole = true;
        // Parquet says how many rows it has, and its first ones are unpacked only where that takes little.
        var parquet = rows as ParquetRows;
        if (parquet is not null) (parquet.MostMemory, counts) = (MostUnpacked, false);
        try
        {
            while (await rows.Read(ct))
                if (preview.Count < FirstRows) preview.Add(Shown(rows));
                else if (!counts) break;
        }
        catch (Refusal) when (preview.Count > 0 || parquet is not null)
        {
            isWhole = false;
        }
        // A preview is a taste, and stands in every list.
        while (preview.Count > 1 && Data.Wire.Element(preview).GetRawText().Length > LongestPreview) preview.RemoveAt(preview.Count - 1);
        var count = parquet?.Count ?? (counts && isWhole ? rows.RowNumber : null);
        var columns = rows.Headers.Take(MostColumns).Select(h => Classified.Shown(h, LongestValue)).ToArray();
        if (columns.Length == 0) return seen;
        return seen with
        {
            Classification = Classified.As(Inspector, "table", ("format", Format(format)), ("columns", columns), ("column_count", rows.Headers.Count), ("rows", count),
                ("delimiter", format.Csv is { } csv ? ((char)csv.Delimiter).ToString() : null), ("has_header", format.Csv?.HasHeader)),
            Preview = preview.Count > 0 ? Data.Wire.Element(preview) : null,
        };
    }

    static string Format(FileFormat format) => format.Kind switch { FileKind.Csv => "csv", FileKind.Json => "json", _ => "parquet" };

    /// <summary>The current row by the names of its columns, of which two may be alike.</summary>
    static Dictionary<string, string?> Shown(RowReader rows)
    {
        var shown = new Dictionary<string, string?>();
        for (var column = 0; column < rows.Headers.Count && column < MostColumns; column++)
        {
            var name = Classified.Shown(rows.Headers[column], LongestValue);
            if (name.Length == 0) name = $"column_{column + 1}";
            for (var again = 2; shown.ContainsKey(name); again++) name = $"{rows.Headers[column]}_{again}";
            shown[name] = column < rows.Row.Count ? Value(rows.Row, column) : null;
        }
        return shown;
    }

    static string? Value(Row row, int column)
    {
        var cell = row[column];
        if (cell.Kind == CellKind.Null) return null;
        if (cell.Kind is CellKind.Boolean or CellKind.Integer or CellKind.Double or CellKind.Date or CellKind.Timestamp) return row.Shown(column);
        var text = row.Text(cell);
        return Classified.Shown(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * LongestValue)]), LongestValue);
    }

    /// <summary>JSON is rows where it is a list of objects.</summary>
    static async Task<bool> BeginsAsRows(SpooledFile file, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString(await Head(file, 4096, ct)).TrimStart('\ufeff', ' ', '\t', '\r', '\n');
        return text.StartsWith('[') && text[1..].TrimStart().StartsWith('{');
    }

    static async Task<bool> HasModestFooter(SpooledFile file, CancellationToken ct)
    {
        if (file.Length < 12) return false;
        var end = new byte[8];
        await using var stream = file.Open(file.Length - 8);
        await stream.ReadExactlyAsync(end, ct);
        return end.AsSpan(4).SequenceEqual("PAR1"u8) && BitConverter.ToInt32(end) is > 0 and <= MostFooter;
    }

    static async Task<byte[]> Head(SpooledFile file, int most, CancellationToken ct)
    {
        var head = new byte[most];
        await using var stream = file.Open();
        return head[..await stream.ReadAtLeastAsync(head, most, throwOnEndOfStream: false, ct)];
    }
}
