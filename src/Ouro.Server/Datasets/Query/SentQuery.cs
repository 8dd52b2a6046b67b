namespace Ouro.Server.Datasets;

/// <summary>A user's query as it is sent, with the way back from it to what was written: places, and names that are ours.</summary>
public sealed class SentQuery
{
    readonly IReadOnlyList<Place> places;
    readonly IReadOnlyDictionary<DatasetTable, string> names;

    internal SentQuery(string sql, string firstWord, IReadOnlyList<Place> places, IReadOnlyDictionary<DatasetTable, string> names)
    {
        (Sql, FirstWord, this.places, this.names) = (sql, firstWord, places, names);
        Tables = [.. names.Keys.OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>A placeholder: where it began in what was written, and how long it and its replacement are; in characters.</summary>
    internal readonly record struct Place(int Start, int Written, int Sent);

    /// <summary>What is sent.</summary>
    public string Sql { get; }

    /// <summary>The first word in upper case, which says whether a statement meant to read.</summary>
    public string FirstWord { get; }

    /// <summary>The datasets that it reads, each once and always in the same order.</summary>
    public IReadOnlyList<DatasetTable> Tables { get; }

    /// <summary>
    /// Where, in what was written, a place in what was sent is; both in characters and counted from one, as PostgreSQL does. A place
    /// inside a table's name is its placeholder's.
    /// </summary>
    public int Written(int sent)
    {
        var shift = 0;
        foreach (var place in places)
        {
            var start = place.Start + 1 + shift;
            if (sent <= start) break;
            if (sent < start + place.Sent) return place.Start + 1;
            shift += place.Sent - place.Written;
        }
        return Math.Max(1, sent - shift);
    }

    /// <summary>What PostgreSQL says, with the placeholders where it names tables.</summary>
    public string Told(string text)
    {
        foreach (var (table, name) in names)
            text = text.Replace($"{DatasetTable.Schema}.{table.Name}", name, StringComparison.Ordinal).Replace(table.Name, name, StringComparison.Ordinal)
                .Replace(StoredTable.Physical(table.Name), name, StringComparison.Ordinal);
        return text;
    }
}
