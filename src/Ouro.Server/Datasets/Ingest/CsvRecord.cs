using System.Runtime.CompilerServices;

namespace Ouro.Server.Datasets;

/// <summary>
/// One record of delimited text (RFC 4180, with any of the line ends): an empty value is null, <c>""</c> is an empty text, and what follows a
/// closing quotation mark belongs to the value. The text stays where it is; the row's cells only point to it.
/// </summary>
sealed class CsvRecord(byte delimiter)
{
    readonly List<int> quoted = [];

    /// <summary>
    /// Reads the record at <paramref name="start"/> into the row and returns where the next begins; -1 if it goes on beyond the text.
    /// </summary>
    [MethodImpl(Hot.Path)]
    public int Read(byte[] text, int start, int end, bool ended, Row row)
    {
        row.Clear();
        row.Bytes = text;
        quoted.Clear();
        for (var at = start; ;)
        {
            var from = at;
            if (at < end && text[at] == '"')
            {
                at = Closing(text, at + 1, end, ended, out var doubled);
                if (at < 0) return -1;
                var closed = at - 1;
                at = Stop(text, at, end);
                if (at < 0 && !ended) return -1;
                if (at < 0) at = end;
                var plain = !doubled && at == closed + 1;
                if (!plain) quoted.Add(row.Count);
                row.Add(plain ? Cell.Text(CellKind.Field, from + 1, closed - from - 1) : Cell.Text(CellKind.Field, from, at - from));
            }
            else
            {
                at = Stop(text, at, end);
                if (at < 0 && !ended) return -1;
                if (at < 0) at = end;
                row.Add(at == from ? Cell.Null : Cell.Text(CellKind.Field, from, at - from));
            }

            if (at < end && text[at] == delimiter)
            {
                at++;
                continue;
            }
            if (at < end && text[at] == '\r')
            {
                if (at + 1 == end && !ended) return -1;
                if (at + 1 < end && text[at + 1] == '\n') at++;
            }
            Unquote(row);
            return Math.Min(at + 1, end);
        }
    }

    [MethodImpl(Hot.Path)]
    int Stop(byte[] text, int from, int end)
    {
        // Most values are shorter than what it takes to begin a search by vectors.
        var near = Math.Min(end, from + 24);
        for (; from < near; from++)
        {
            var c = text[from];
            if (c == delimiter || c == '\n' || c == '\r') return from;
        }
        var found = text.AsSpan(from, end - from).IndexOfAny(delimiter, (byte)'\n', (byte)'\r');
        return found < 0 ? -1 : from + found;
    }

    /// <summary>The place after the closing quotation mark; -1 if it is not there yet.</summary>
    [MethodImpl(Hot.Path)]
    static int Closing(byte[] text, int from, int end, bool ended, out bool doubled)
    {
        doubled = false;
        while (true)
        {
            var found = text.AsSpan(from, end - from).IndexOf((byte)'"');
            if (found < 0)
                return ended ? throw new UnclosedQuotation() : -1;
            from += found + 1;
            if (from == end) return ended ? from : -1;
            if (text[from] != '"') return from;
            doubled = true;
            from++;
        }
    }

    /// <summary>Only now, with the whole record there, is text moved: a record that goes on is read again from its beginning.</summary>
    void Unquote(Row row)
    {
        foreach (var column in quoted)
        {
            var cell = row[column];
            var text = row.Bytes.AsSpan(cell.Start, cell.Length);
            var inside = true;
            var to = 0;
            for (var from = 1; from < text.Length; from++)
            {
                if (inside && text[from] == '"')
                {
                    if (from + 1 < text.Length && text[from + 1] == '"') from++;
                    else
                    {
                        inside = false;
                        continue;
                    }
                }
                text[to++] = text[from];
            }
            row[column] = Cell.Text(CellKind.Field, cell.Start, to);
        }
    }
}

/// <summary>The text ends within a quotation. Whoever reads the record knows which one it is.</summary>
sealed class UnclosedQuotation : Exception;
