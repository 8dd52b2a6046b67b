using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>
/// How a delimited file is written. The delimiter (of <c>, ; tab |</c>) is the one by which most of the first records have the same number of
/// values. The first record is a header unless it reads like the others: unless a column of numbers, dates or truths goes on in it.
/// </summary>
sealed record CsvShape(byte Delimiter, bool HasHeader, int Columns)
{
    const int SampleBytes = 256 * 1024;
    const int SampleRecords = 200;

    public static async Task<CsvShape> Detect(SpooledFile file, TextEncoding encoding, ImportHints hints, CancellationToken ct)
    {
        var (text, opened) = encoding.Open(file);
        await using var both = new TextWindow(text, opened, 2 * SampleBytes);
        while (!both.Ended && both.End < SampleBytes && await both.More(ct)) { }
        var sample = both.Text.ToArray();
        var ended = both.Ended;

        var delimiter = hints.Delimiter is { } told ? (byte)told : Delimiters(hints).MaxBy(d => Regularity(sample, ended, d));
        var records = Records(sample, ended, delimiter);
        var columns = records.Count == 0 ? 0 : records.Max(record => record.Count);
        return new(delimiter, hints.HasHeader ?? LooksLikeHeader(records), columns);
    }

    /// <summary>The likeliest first, for where they are equal.</summary>
    static byte[] Delimiters(ImportHints hints) =>
        Path.GetExtension(hints.FileName)?.ToLowerInvariant() is ".tsv" or ".tab"
        || hints.ContentType?.Contains("tab-separated", StringComparison.OrdinalIgnoreCase) == true
            ? "\t,;|"u8.ToArray() : ",;\t|"u8.ToArray();

    static double Regularity(byte[] sample, bool ended, byte delimiter)
    {
        var counts = Records(sample, ended, delimiter).ConvertAll(record => record.Count);
        if (counts.Count == 0) return 0;
        var usual = counts.GroupBy(n => n).MaxBy(group => group.Count())!;
        if (usual.Key == 1) return 0;
        // The share decides; the header's word and the number of columns break ties.
        return (double)usual.Count() / counts.Count + (counts[0] == usual.Key ? 0.5 : 0) + Math.Min(usual.Key, 1000) / 10_000.0;
    }

    static List<Row> Records(byte[] sample, bool ended, byte delimiter)
    {
        var record = new CsvRecord(delimiter);
        var rows = new List<Row>();
        // Reading removes quotation marks where they are, so each reading has its own text.
        var text = sample.ToArray();
        try
        {
            for (var at = 0; at < text.Length && rows.Count < SampleRecords;)
            {
                var row = new Row();
                at = record.Read(text, at, text.Length, ended, row);
                if (at < 0) break;
                if (row.Count > 1 || row[0].Kind != CellKind.Null) rows.Add(row);
            }
        }
        catch (UnclosedQuotation)
        {
            // With this delimiter, or in any case: the rows before it are the sample, and the import itself will tell.
        }
        return rows;
    }

    static bool LooksLikeHeader(List<Row> records)
    {
        if (records.Count == 0) return false;
        var first = records[0];
        var likeTheOthers = false;
        for (var column = 0; column < first.Count; column++)
        {
            if (Fitting.IsMissing(first, first[column])) continue;
            var others = TypeSet.Any;
            var evidence = false;
            foreach (var row in records.Skip(1))
            {
                if (column >= row.Count || Fitting.IsMissing(row, row[column])) continue;
                evidence = true;
                others = Fitting.Of(row, row[column], others);
            }
            var own = Fitting.Of(first, first[column], TypeSet.Any);
            if (evidence && others != TypeSet.Text && (own & others) is TypeSet.None or TypeSet.Text) return true;
            likeTheOthers |= own != TypeSet.Text && (!evidence || others != TypeSet.Text);
        }
        return !likeTheOthers;
    }
}
