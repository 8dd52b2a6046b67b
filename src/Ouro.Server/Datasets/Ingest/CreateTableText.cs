
namespace Ouro.Server.Datasets;

/// <summary>A column as somebody declared it.</summary>
public sealed record DeclaredColumn(string SentAs, ColumnType Type);

/// <summary>
/// The one <c>CREATE TABLE</c> statement in which the public clients describe a new dataset's columns. It is read, never run: names and types
/// are all that is taken from it, and whatever is not exactly one such statement is refused.
/// </summary>
public static class CreateTableText
{
    const string Accepted =
        "Send exactly one statement: CREATE TABLE [IF NOT EXISTS] datasets.\"dataset\" (\"column\" TYPE [NOT NULL] [PRIMARY KEY], …), " +
        "with types such as BIGINT, DOUBLE PRECISION, BOOLEAN, TIMESTAMP WITH TIME ZONE, DATE, TEXT, NUMERIC(10,2).";

    /// <summary>
    /// The columns in their order. <paramref name="names"/> are the names as the client also sends them: it replaces words of the statement as text
    /// (<c>TIMESTAMP</c>, <c>CREATE TABLE</c>) and so mangles names that contain them, which are told apart here.
    /// </summary>
    public static IReadOnlyList<DeclaredColumn> Parse(string text, IReadOnlyList<string>? names = null)
    {
        var columns = new Grammar(text).Statement();
        if (columns.Count == 0) throw Refusal.Invalid("no_columns", "The schema names no columns.", Accepted);
        ColumnNames.MustNotExceed(columns.Count);
        if (names is null || names.Count != columns.Count) return columns;
        return [.. columns.Select((column, i) => column.SentAs == Mangled(names[i]) ? column with { SentAs = names[i] } : column)];
    }

    static string Mangled(string name) => name
        .Replace("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", StringComparison.Ordinal)
        .Replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", StringComparison.Ordinal);

    sealed class Grammar
    {
        readonly SchemaTokens tokens;

        public Grammar(string text) => tokens = new(text, Wrong);

        public List<DeclaredColumn> Statement()
        {
            Expect("create");
            Expect("table");
            if (tokens.Take("if"))
            {
                Expect("not");
                Expect("exists");
            }
            Name("a table name");
            if (tokens.Symbol('.')) Name("a table name");
            if (!tokens.Symbol('(')) throw Wrong("Expected “(”");

            var columns = new List<DeclaredColumn>();
            do
            {
                if (columns.Count > 0 && IsTableKey()) Key();
                else columns.Add(Column());
            }
            while (tokens.Symbol(','));
            if (!tokens.Symbol(')')) throw Wrong("Expected “,” or “)”");
            while (tokens.Symbol(';')) { }
            if (!tokens.AtEnd) throw Wrong("There is more than one CREATE TABLE statement");
            return columns;
        }

        bool IsTableKey() => tokens.IsWord("primary") || tokens.IsWord("constraint") || tokens.IsWord("unique");

        /// <summary>A key over the table is understood and dropped: rows are identified by the order of their ingestion.</summary>
        void Key()
        {
            if (tokens.Take("constraint")) Name("a constraint name");
            if (!tokens.Take("unique"))
            {
                Expect("primary");
                Expect("key");
            }
            if (!tokens.Symbol('(')) throw Wrong("Expected “(”");
            do Name("a column name");
            while (tokens.Symbol(','));
            if (!tokens.Symbol(')')) throw Wrong("Expected “)”");
        }

        DeclaredColumn Column()
        {
            var name = Name("a column name");
            var words = new List<string>();
            while (tokens.IsAnyWord && !IsConstraint())
            {
                words.Add(tokens.Word());
                Precision();
            }
            if (words.Count == 0) throw Wrong("Expected a type");
            var type = TypeOf(words) ?? throw Wrong($"“{string.Join(' ', words)}” is not a known type; what follows it");
            while (IsConstraint()) Constraint();
            return new(name, type);
        }

        static ColumnType? TypeOf(List<string> words)
        {
            // A client that already wrote WITH TIME ZONE has it doubled by its own replacement.
            while (words.Count >= 7 && words[^3..].SequenceEqual(words[^6..^3])) words.RemoveRange(words.Count - 3, 3);
            return ColumnTypes.Declared(string.Join(' ', words));
        }

        void Precision()
        {
            if (!tokens.Symbol('(')) return;
            do
            {
                if (!tokens.Number()) throw Wrong("Expected a number");
            }
            while (tokens.Symbol(','));
            if (!tokens.Symbol(')')) throw Wrong("Expected “)”");
        }

        bool IsConstraint() => tokens.IsWord("not") || tokens.IsWord("null") || tokens.IsWord("primary") || tokens.IsWord("unique");

        void Constraint()
        {
            if (tokens.Take("null") || tokens.Take("unique")) return;
            if (tokens.Take("not")) Expect("null");
            else
            {
                Expect("primary");
                Expect("key");
            }
        }

        void Expect(string word)
        {
            if (!tokens.Take(word)) throw Wrong($"Expected {word.ToUpperInvariant()}");
        }

        string Name(string what) => tokens.Name() ?? throw Wrong($"Expected {what}");

        Refusal Wrong(string problem) => Refusal.Invalid("invalid_schema", $"{problem} {tokens?.Where ?? "at the start"}.", Accepted);
    }
}
