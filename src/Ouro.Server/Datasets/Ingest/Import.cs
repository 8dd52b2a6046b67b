namespace Ouro.Server.Datasets;

public enum FileKind
{
    Csv,
    Json,
    Parquet,
}

/// <summary>What the sender says about a file. Everything is optional, and the bytes themselves win over a content type or a name.</summary>
/// <param name="FileName">The name that the file has at its sender, for its extension.</param>
/// <param name="ContentType">The media type that came with it.</param>
/// <param name="Delimiter">The sign between the values of a CSV file; found out where it is not told.</param>
/// <param name="HasHeader">Whether the first row of a CSV file names the columns; found out where it is not told.</param>
public sealed record ImportHints(string? FileName = null, string? ContentType = null, char? Delimiter = null, bool? HasHeader = null);

/// <summary>How far an import is.</summary>
/// <param name="Rows">Rows sent to the table so far. After a restart the count begins again.</param>
/// <param name="Bytes">Bytes of the file that were read so far.</param>
/// <param name="TotalBytes">The bytes of the file.</param>
public readonly record struct IngestProgress(long Rows, long Bytes, long TotalBytes);

/// <summary>What an import found and did.</summary>
/// <param name="Kind">What the file was.</param>
/// <param name="Encoding">The encoding of a text file.</param>
/// <param name="Delimiter">The delimiter of a CSV file.</param>
/// <param name="HasHeader">Whether the first row of a CSV file named the columns.</param>
/// <param name="Rows">The rows that the table has now.</param>
/// <param name="Restarted">Whether a later row contradicted the guess from the first rows, so that the file was read again.</param>
/// <param name="Columns">The columns in the order of the file.</param>
public sealed record ImportReport(
    FileKind Kind, string? Encoding, char? Delimiter, bool? HasHeader, long Rows, bool Restarted, IReadOnlyList<ImportedColumn> Columns);

/// <summary>A column of an import.</summary>
/// <param name="SentAs">The column as the file names it.</param>
/// <param name="Name">The column of the table.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Nulls">The rows without a value.</param>
/// <param name="Widened">What made the column wider than the first rows said.</param>
public sealed record ImportedColumn(string SentAs, string Name, ColumnType Type, long Nulls, Widening? Widened);

/// <summary>The first value that did not fit what the first rows said of a column.</summary>
/// <param name="From">The type that the first rows had; null for a column that had no values or was not there.</param>
/// <param name="Row">The row, counted from 1 after a header.</param>
/// <param name="Value">The value, cut to 80 characters.</param>
public sealed record Widening(ColumnType? From, long Row, string Value);
