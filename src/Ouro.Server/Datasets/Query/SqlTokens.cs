namespace Ouro.Server.Datasets;

/// <summary>
/// The tokens of a piece of SQL as PostgreSQL would cut it, as far as it matters here: what is a string, a comment or a name, and
/// what is neither. Every character belongs to exactly one token; what is not closed runs to the end.
/// </summary>
ref struct SqlTokens(string sql)
{
    public enum Kind { Space, Word, QuotedName, UnicodeName, String, Parameter, Placeholder, Symbol }

    public readonly record struct Token(Kind Kind, int Start, int Length);

    int next;

    public Token Current { get; private set; }

    public readonly SqlTokens GetEnumerator() => this;

    public bool MoveNext()
    {
        if (next >= sql.Length) return false;
        var start = next;
        var kind = Cut();
        Current = new(kind, start, next - start);
        return true;
    }

    Kind Cut()
    {
        var c = sql[next];
        if (IsSpace(c)) { next++; return Kind.Space; }
        if (Looking("--")) { next = Line(next); return Kind.Space; }
        if (Looking("/*")) { Comment(); return Kind.Space; }
        if (Looking(QueryText.Placeholder)) { next += QueryText.Placeholder.Length; return Kind.Placeholder; }
        if (Looking(QueryText.OtherDataset)) { Other(); return Kind.Placeholder; }
        if (c == '\'') { String(next, backslash: false); return Kind.String; }
        if (c == '"') { Quoted(next, '"'); return Kind.QuotedName; }
        if (c == '$') return Dollar();
        if (IsNameStart(c)) return Word();
        if (char.IsAsciiDigit(c)) { Number(); return Kind.Symbol; }
        next++;
        return Kind.Symbol;
    }

    /// <summary>A dataset by its id, up to the closing braces; where they are missing, the rest of the line.</summary>
    void Other()
    {
        var end = Line(next);
        var close = sql.IndexOf("}}", next, end - next, StringComparison.Ordinal);
        next = close < 0 ? end : close + 2;
    }

    Kind Word()
    {
        // A letter or two before a quote is part of the string: E'…' knows backslashes, the others do not.
        if (sql[next] is 'e' or 'E' && At(1) == '\'') { String(next + 1, backslash: true); return Kind.String; }
        if (sql[next] is 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && At(1) == '\'') { String(next + 1, backslash: false); return Kind.String; }
        if (sql[next] is 'u' or 'U' && At(1) == '&')
        {
            if (At(2) == '\'') { String(next + 2, backslash: false); return Kind.String; }
            if (At(2) == '"') { Quoted(next + 2, '"'); return Kind.UnicodeName; }
        }
        while (next < sql.Length && IsNamePart(sql[next])) next++;
        return Kind.Word;
    }

    /// <summary>A number, with the letters that hang on to it: <c>1e5</c>, <c>0x1F</c>, <c>1_000</c>. A <c>$1</c> behind it is its own.</summary>
    void Number()
    {
        while (next < sql.Length && (IsNameStart(sql[next]) || char.IsAsciiDigit(sql[next]))) next++;
    }

    Kind Dollar()
    {
        if (char.IsAsciiDigit(At(1)))
        {
            next++;
            while (next < sql.Length && char.IsAsciiDigit(sql[next])) next++;
            return Kind.Parameter;
        }
        var end = next + 1;
        if (end < sql.Length && IsNameStart(sql[end]))
            while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end]))) end++;
        if (end >= sql.Length || sql[end] != '$') { next++; return Kind.Symbol; }
        var tag = sql[next..(end + 1)];
        var close = sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
        next = close < 0 ? sql.Length : close + tag.Length;
        return Kind.String;
    }

    /// <summary>A string goes on behind a line break: <c>'a'</c>, new line, <c>'b'</c> is one string, of the same kind.</summary>
    void String(int quote, bool backslash)
    {
        while (true)
        {
            Quoted(quote, '\'', backslash);
            var (ahead, broken) = (next, false);
            while (ahead < sql.Length && (IsSpace(sql[ahead]) || sql[ahead] == '-' && ahead + 1 < sql.Length && sql[ahead + 1] == '-'))
            {
                if (sql[ahead] == '-') { ahead = Line(ahead); continue; }
                broken |= sql[ahead] is '\n' or '\r';
                ahead++;
            }
            if (!broken || ahead >= sql.Length || sql[ahead] != '\'') return;
            quote = ahead;
        }
    }

    void Quoted(int quote, char mark, bool backslash = false)
    {
        for (next = quote + 1; next < sql.Length; next++)
        {
            if (backslash && sql[next] == '\\') next++;
            else if (sql[next] == mark)
            {
                if (At(1) == mark) next++;
                else break;
            }
        }
        next = Math.Min(next + 1, sql.Length);
    }

    void Comment()
    {
        var depth = 0;
        while (next < sql.Length)
        {
            if (Looking("/*")) { depth++; next += 2; }
            else if (Looking("*/")) { next += 2; if (--depth == 0) return; }
            else next++;
        }
    }

    readonly int Line(int from)
    {
        var end = sql.AsSpan(from).IndexOfAny('\n', '\r');
        return end < 0 ? sql.Length : from + end;
    }

    readonly bool Looking(string text) => sql.AsSpan(next).StartsWith(text, StringComparison.Ordinal);

    readonly char At(int offset) => next + offset < sql.Length ? sql[next + offset] : '\0';

    static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';
}
