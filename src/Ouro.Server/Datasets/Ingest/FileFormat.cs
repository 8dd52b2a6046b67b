using Ouro.Server.Storage;


namespace Ouro.Server.Datasets;

/// <summary>What a file is, found out once; it can then be opened again and again.</summary>
sealed record FileFormat(SpooledFile File, FileKind Kind, TextEncoding? Encoding, CsvShape? Csv)
{
    const string Accepted = "Send CSV or TSV, JSON (an array of objects), JSON lines, or Parquet.";

    public static async Task<FileFormat> Detect(SpooledFile file, ImportHints hints, CancellationToken ct)
    {
        var start = new byte[512];
        int read;
        await using (var stream = file.Open()) read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        if (read == 0) throw Refusal.Invalid("empty_file", "The file is empty.", Accepted);

        if (start.AsSpan().StartsWith("PAR1"u8)) return new(file, FileKind.Parquet, null, null);
        if (Packed(start.AsSpan(0, read)) is { } packed)
            throw Refusal.Invalid("unsupported_file", $"The file is {packed}, which cannot be read as rows.", Accepted);
        if (Named(hints) is FileKind.Parquet)
            throw Refusal.Invalid("unreadable_file", "The file is called Parquet and does not begin like one.", Accepted);

        var encoding = await TextEncoding.Detect(file, ct);
        var kind = await Sniff(file, encoding, hints, ct);
        return new(file, kind, encoding, kind == FileKind.Csv ? await CsvShape.Detect(file, encoding, hints, ct) : null);
    }

    /// <summary>Opens the file; <paramref name="known"/> are the columns that an earlier reading of a JSON file found.</summary>
    public async Task<RowReader> Open(IEnumerable<string> known, CancellationToken ct) => Kind switch
    {
        FileKind.Csv => await CsvRows.Open(File, Encoding!, Csv!, ct),
        FileKind.Json => JsonRows.Open(File, Encoding!, known),
        _ => await ParquetRows.Open(File, ct),
    };

    /// <summary>A text file that begins like JSON is JSON, unless it is called CSV: a header may begin with a bracket too.</summary>
    static async Task<FileKind> Sniff(SpooledFile file, TextEncoding encoding, ImportHints hints, CancellationToken ct)
    {
        if (Named(hints) is { } kind) return kind;
        var (text, opened) = encoding.Open(file);
        await using var window = new TextWindow(text, opened, 256 * 1024);
        await window.More(ct);
        var trimmed = window.Text.TrimStart(" \t\r\n"u8);
        return trimmed.Length > 0 && trimmed[0] is (byte)'[' or (byte)'{' ? FileKind.Json : FileKind.Csv;
    }

    static FileKind? Named(ImportHints hints)
    {
        var type = hints.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        var extension = Path.GetExtension(hints.FileName)?.ToLowerInvariant();
        return (type, extension) switch
        {
            ("text/csv" or "application/csv" or "text/tab-separated-values", _) => FileKind.Csv,
            ("application/json" or "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/jsonlines", _)
                => FileKind.Json,
            ("application/vnd.apache.parquet" or "application/x-parquet" or "application/parquet", _) => FileKind.Parquet,
            (_, ".csv" or ".tsv" or ".tab") => FileKind.Csv,
            (_, ".json" or ".jsonl" or ".ndjson") => FileKind.Json,
            (_, ".parquet" or ".pq") => FileKind.Parquet,
            _ => null,
        };
    }

    static string? Packed(ReadOnlySpan<byte> start) => start switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => "a ZIP archive or an Excel workbook",
        [0x1f, 0x8b, ..] => "compressed with gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "compressed with Zstandard",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "compressed with bzip2",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "an old Excel workbook",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "a PDF",
        [(byte)'A', (byte)'R', (byte)'R', (byte)'O', (byte)'W', (byte)'1', ..] => "an Arrow file",
        _ => null,
    };
}
