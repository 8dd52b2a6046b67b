using System.Runtime.CompilerServices;
using System.Text.Json;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>
/// The objects of a JSON file: of one array, or one after another (JSON lines). Columns are named in the order in which they first appear;
/// lists and objects within a row keep their JSON text.
/// </summary>
sealed class JsonRows : RowReader
{
    static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Disallow };

    readonly TextWindow window;
    readonly List<string> headers = [];
    readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);
    JsonReaderState state = new(Options);
    bool finished;

    JsonRows(TextWindow window, IEnumerable<string> known)
    {
        this.window = window;
        foreach (var name in known) Column(name);
    }

    public override IReadOnlyList<string> Headers => headers;

    public override long BytesRead => window.BytesRead;

    /// <summary>Opens the file; <paramref name="known"/> are the columns of an earlier reading, so that they come in the same order.</summary>
    public static JsonRows Open(SpooledFile file, TextEncoding encoding, IEnumerable<string> known)
    {
        var (text, opened) = encoding.Open(file);
        return new(new(text, opened, MaxRowBytes), known);
    }

    public override async ValueTask<bool> Read(CancellationToken ct)
    {
        while (!finished)
        {
            if (Try())
            {
                RowNumber++;
                return true;
            }
            if (!finished && !await window.More(ct)) throw TooLong();
        }
        return false;
    }

    bool Try()
    {
        var reader = new Utf8JsonReader(window.Text, window.Ended, state);
        try
        {
            return TryObject(ref reader);
        }
        catch (JsonException e)
        {
            throw Refusal.Invalid("invalid_json", $"After row {RowNumber:N0} the file is not valid JSON: {e.Message}",
                "Send an array of objects, or one object on each line. The file may have been cut off.");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as \ud800, is valid JSON and no text.
            throw Refusal.Invalid("invalid_text", $"Row {RowNumber + 1:N0} holds a name or a text that is not valid Unicode.", details: JsonRowsInput.At(RowNumber + 1));
        }
    }

    /// <summary>One object into the row; false when more text is needed, or there is no more.</summary>
    [MethodImpl(Hot.Path)]
    bool TryObject(ref Utf8JsonReader reader)
    {
        do
        {
            if (!reader.Read())
            {
                finished = window.Ended;
                return false;
            }
        }
        while (reader.TokenType == JsonTokenType.EndArray || reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Refusal.Invalid("row_not_an_object", $"Row {RowNumber + 1:N0} is {Called(reader.TokenType)}, not an object.",
                "Every row is an object of column names and values.", JsonRowsInput.At(RowNumber + 1));

        Row.Clear(headers.Count);
        for (var expected = 0; ; expected++)
        {
            if (!reader.Read()) return false;
            if (reader.TokenType == JsonTokenType.EndObject) break;
            var column = Column(ref reader, expected);
            if (!reader.Read() || !TryValue(ref reader, column)) return false;
        }
        state = reader.CurrentState;
        window.Start += (int)reader.BytesConsumed;
        return true;
    }

    [MethodImpl(Hot.Path)]
    bool TryValue(ref Utf8JsonReader reader, int column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                Row[column] = Cell.Null;
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                Row[column] = Cell.Of(reader.TokenType == JsonTokenType.True);
                return true;
            case JsonTokenType.Number:
                Row[column] = Row.Copy(CellKind.Number, reader.ValueSpan);
                return true;
            case JsonTokenType.String when !reader.ValueIsEscaped:
                Row[column] = Row.Copy(CellKind.String, reader.ValueSpan);
                return true;
            case JsonTokenType.String:
                var written = reader.CopyString(Row.Room(reader.ValueSpan.Length));
                Row[column] = Row.Keep(CellKind.String, written);
                return true;
            default:
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip()) return false;
                Row[column] = Row.Copy(CellKind.Json, window.Text[start..(int)reader.BytesConsumed]);
                return true;
        }
    }

    int Column(ref Utf8JsonReader reader, int expected)
    {
        // Objects of one file mostly name the same columns in the same order.
        if (expected < headers.Count && reader.ValueTextEquals(headers[expected])) return expected;
        var column = Column(reader.GetString()!);
        if (column >= Row.Count) Row.Widen(column + 1);
        return column;
    }

    int Column(string name)
    {
        if (columns.TryGetValue(name, out var known)) return known;
        ColumnNames.MustNotExceed(headers.Count + 1);
        columns.Add(name, headers.Count);
        headers.Add(name);
        return headers.Count - 1;
    }

    static string Called(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    public override ValueTask DisposeAsync() => window.DisposeAsync();
}
