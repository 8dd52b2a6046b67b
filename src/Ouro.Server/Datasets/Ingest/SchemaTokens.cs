using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>The words, names, numbers and signs of a schema text. There are no comments in it: SQL can hide too much in them.</summary>
sealed class SchemaTokens
{
    const int MaxLength = 1_000_000;

    readonly string text;
    readonly Func<string, Refusal> wrong;
    int position;
    int start;
    string? word;
    string? name;
    char symbol;

    public SchemaTokens(string text, Func<string, Refusal> wrong)
    {
        this.text = text;
        this.wrong = wrong;
        if (text.Length > MaxLength) throw wrong($"The schema is longer than {MaxLength:N0} characters");
        Advance();
    }

    public bool AtEnd => start == text.Length;

    public bool IsAnyWord => word is not null && !char.IsAsciiDigit(word[0]);

    /// <summary>Where the current token is, as a person looks for it.</summary>
    public string Where
    {
        get
        {
            if (AtEnd) return "at the end";
            var before = text.AsSpan(0, start);
            var line = before.Count('\n') + 1;
            var near = text.Substring(start, Math.Min(24, text.Length - start)).ReplaceLineEndings(" ");
            return $"at line {line}, character {start - before.LastIndexOf('\n')}, near “{near}”";
        }
    }

    public bool IsWord(string lower) => word == lower;

    public bool Take(string lower)
    {
        if (word != lower) return false;
        Advance();
        return true;
    }

    public string Word()
    {
        var taken = word!;
        Advance();
        return taken;
    }

    public bool Symbol(char sign)
    {
        if (symbol != sign) return false;
        Advance();
        return true;
    }

    public bool Number()
    {
        if (word is null || !word.All(char.IsAsciiDigit)) return false;
        Advance();
        return true;
    }

    /// <summary>A quoted name as it is, or a bare word as it was written; null where neither stands.</summary>
    public string? Name()
    {
        if (name is null && !IsAnyWord) return null;
        var taken = name ?? text[start..position];
        Advance();
        return taken;
    }

    void Advance()
    {
        (word, name, symbol) = (null, null, '\0');
        while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
        start = position;
        if (AtEnd) return;

        var c = text[position];
        if (c is '"' or '`') name = Quoted(c);
        else if (char.IsLetterOrDigit(c) || c == '_')
        {
            while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '$')) position++;
            word = text[start..position].ToLowerInvariant();
        }
        else if (c is '(' or ')' or ',' or '.' or ';')
        {
            symbol = c;
            position++;
        }
        else throw wrong("Unexpected character");
    }

    string Quoted(char quote)
    {
        var result = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != quote)
            {
                result.Append(text[position]);
                continue;
            }
            position++;
            if (position == text.Length || text[position] != quote) return result.ToString();
            result.Append(quote);
        }
        throw wrong("A quoted name is not closed, begun");
    }
}
