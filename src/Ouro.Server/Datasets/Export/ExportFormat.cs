namespace Ouro.Server.Datasets;

/// <summary>The formats in which a dataset leaves as a file.</summary>
/// <param name="Name">Its name in addresses, and the file's ending.</param>
/// <param name="ContentType">Its media type.</param>
sealed record ExportFormat(string Name, string ContentType)
{
    public static readonly ExportFormat Csv = new("csv", "text/csv; charset=utf-8; header=present");
    public static readonly ExportFormat JsonLines = new("jsonl", "application/jsonl");
    public static readonly ExportFormat Parquet = new("parquet", "application/vnd.apache.parquet");

    /// <summary>The format of a name; CSV where none is given.</summary>
    public static ExportFormat Of(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        null or "" or "csv" => Csv,
        "jsonl" or "ndjson" => JsonLines,
        "parquet" => Parquet,
        _ => throw Refusal.Fields(("format", "A dataset is exported as csv, jsonl or parquet.")),
    };
}
