using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet.Schema;

namespace Ouro.Server.Datasets;

/// <summary>
/// A list, a map or a structure. Parquet keeps it as flat columns with levels: the definition level says how much of the path to a value is there,
/// the repetition level which list it continues. From these the value is put together again, one row at a time.
/// </summary>
sealed class ParquetNested : ParquetColumn
{
    readonly Node root;
    readonly List<Leaf> leaves = [];
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly ArrayBufferWriter<byte> text = new();

    public ParquetNested(Field field) : base(field)
    {
        root = Build(field, 0, 0);
    }

    public override IReadOnlyList<DataField> Fields => leaves.ConvertAll(leaf => leaf.Field);

    public override TypeSet Declared => TypeSet.Text;

    public override void Begin(IReadOnlyList<ParquetValues> values)
    {
        for (var i = 0; i < leaves.Count; i++) leaves[i].Begin(values[i]);
    }

    public override Cell Next(Row row)
    {
        if (root.First.Definition < root.Present)
        {
            root.Skip();
            return Cell.Null;
        }
        text.ResetWrittenCount();
        using var json = new Utf8JsonWriter(text, Options);
        Write(root, row, json);
        json.Flush();
        return row.Copy(CellKind.Json, text.WrittenSpan);
    }

    /// <summary>
    /// The shape of a field, whose parent is there from the definition level <paramref name="present"/> on, within lists of the level
    /// <paramref name="repetition"/>.
    /// </summary>
    Node Build(Field field, int present, int repetition)
    {
        if (field is DataField data)
        {
            if (data.IsArray)
            {
                // A repeated value without a list around it is a list that cannot be null.
                var item = new Node("", Shape.Value, data.MaxDefinitionLevel, repetition + 1, [], AddLeaf(data));
                return new(field.Name, Shape.List, present, repetition + 1, [item], item.First);
            }
            return new(field.Name, Shape.Value, data.MaxDefinitionLevel, repetition, [], AddLeaf(data));
        }
        present += field.IsNullable ? 1 : 0;
        var (shape, children) = field switch
        {
            StructField structure => (Shape.Structure, structure.Fields.Select(child => Build(child, present, repetition)).ToArray()),
            ListField list => (Shape.List, [Build(list.Item, present + 1, repetition + 1)]),
            MapField map => (Shape.Map, [Build(map.Key, present + 1, repetition + 1), Build(map.Value, present + 1, repetition + 1)]),
            _ => throw new NotSupportedException($"The column {field.Path} has a shape that cannot be read."),
        };
        return new(field.Name, shape, present, shape == Shape.Structure ? repetition : repetition + 1, children, children[0].First);
    }

    Leaf AddLeaf(DataField field)
    {
        var leaf = new Leaf(field);
        leaves.Add(leaf);
        return leaf;
    }

    static void Write(Node node, Row row, Utf8JsonWriter json)
    {
        if (node.First.Definition < node.Present)
        {
            node.Skip();
            json.WriteNullValue();
            return;
        }
        switch (node.Shape)
        {
            case Shape.Value:
                Write(node.First.Value(row), row, json);
                break;
            case Shape.Structure:
                json.WriteStartObject();
                foreach (var child in node.Children)
                {
                    json.WritePropertyName(child.Name);
                    Write(child, row, json);
                }
                json.WriteEndObject();
                break;
            case Shape.List:
                json.WriteStartArray();
                foreach (var _ in Items(node)) Write(node.Children[0], row, json);
                json.WriteEndArray();
                break;
            case Shape.Map:
                json.WriteStartObject();
                foreach (var _ in Items(node))
                {
                    var key = node.Children[0].First.Value(row);
                    json.WritePropertyName(key.Start == 0 && key.Length == 0 ? Shown(key, row) : Encoding.UTF8.GetString(row.Text(key)));
                    Write(node.Children[1], row, json);
                }
                json.WriteEndObject();
                break;
        }
    }

    static string Shown(Cell cell, Row row)
    {
        row.Add(cell);
        var shown = row.Shown(row.Count - 1);
        row.Shorten(row.Count - 1);
        return shown;
    }

    static IEnumerable<int> Items(Node list)
    {
        if (list.First.Definition == list.Present)
        {
            // The list is there, and nothing in it.
            list.Skip();
            yield break;
        }
        var n = 0;
        do yield return n++;
        while (list.First.Repetition == list.Repetition);
    }

    static void Write(Cell cell, Row row, Utf8JsonWriter json)
    {
        switch (cell.Kind)
        {
            case CellKind.Null:
                json.WriteNullValue();
                break;
            case CellKind.Boolean:
                json.WriteBooleanValue(cell.Bits != 0);
                break;
            case CellKind.Integer:
                json.WriteNumberValue(cell.Bits);
                break;
            case CellKind.Double when double.IsFinite(cell.Double):
                json.WriteNumberValue(cell.Double);
                break;
            case CellKind.Double:
                json.WriteNullValue();
                break;
            case CellKind.Number:
                json.WriteRawValue(row.Text(cell));
                break;
            case CellKind.Date or CellKind.Timestamp:
                json.WriteStringValue(Shown(cell, row));
                break;
            default:
                json.WriteStringValue(row.Text(cell));
                break;
        }
    }

    enum Shape
    {
        Value,
        Structure,
        List,
        Map,
    }

    /// <summary>
    /// A field with the definition level from which on it is not null and, for a list or a map, the repetition level at which it goes on.
    /// </summary>
    sealed record Node(string Name, Shape Shape, int Present, int Repetition, Node[] Children, Leaf First)
    {
        /// <summary>What is not there still has one place in each column.</summary>
        public void Skip()
        {
            if (Children.Length == 0) First.Skip();
            else foreach (var child in Children) child.Skip();
        }
    }

    sealed class Leaf(DataField source)
    {
        ParquetValues values = null!;
        int place;
        int value;

        public DataField Field => source;

        public int Definition =>
            place >= values.Places ? throw new EndOfStreamException() : values.Definitions.Length > 0 ? values.Definitions[place] : 0;

        /// <summary>After the last place a new row begins, as it were.</summary>
        public int Repetition => place < values.Repetitions.Length ? values.Repetitions[place] : 0;

        public void Begin(ParquetValues read)
        {
            values = read;
            (place, value) = (0, 0);
        }

        public void Skip() => place++;

        public Cell Value(Row row)
        {
            place++;
            return values.At(value++, row);
        }
    }
}
