using System.Globalization;
using System.Text.Json.Serialization;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>A dataset's table, as it stands beside the asset.</summary>
/// <param name="AssetId">The dataset.</param>
/// <param name="Name">The view that everybody reads.</param>
/// <param name="Label">The name that people are shown; unique to nobody.</param>
/// <param name="Columns">The columns, in order.</param>
/// <param name="RowCount">Its rows, counted as they come in.</param>
/// <param name="Version">Grows with each change of the columns, so that what was kept of them is known to be stale.</param>
public record StoredTable(Guid AssetId, string Name, string Label, List<StoredColumn> Columns, long RowCount, int Version = 1)
{
    /// <summary>Whether its rows are counted to find a page: numbers are missing among them, or it inherits who may see it. As far as this process has seen.</summary>
    public bool IsCounted { get; init; }

    public DatasetTable Table => new(AssetId, Name);

    /// <summary>The physical table behind the view, with the hidden order of ingestion.</summary>
    public string PhysicalName => Physical(Name);

    public static string Physical(string view) => "t_" + view[2..];

    /// <summary>The table, and its columns without the hidden one, ready for a statement.</summary>
    public Sql From => $"datasets.{Sql.Identifier(PhysicalName)}";

    public Sql View => $"datasets.{Sql.Identifier(Name)}";

    // The version makes each shape of the table its own statement: a plan that a connection prepared for another shape would fail.
    public Sql ColumnList =>
        $"{Sql.Join(", ", Columns.Select(c => Sql.Identifier(c.Name)))} {Sql.Trusted(string.Create(CultureInfo.InvariantCulture, $"/* {Version} */"))}";

    public IEnumerable<StoredColumn> References => Columns.Where(c => c.Reference is not null);
}

/// <summary>A table, and whether the one who asks may write to it.</summary>
public sealed record WritableTable(Guid AssetId, string Name, string Label, List<StoredColumn> Columns, long RowCount, int Version, bool MayWrite)
    : StoredTable(AssetId, Name, Label, Columns, RowCount, Version);

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name: lowercase snake_case.</param>
/// <param name="Type">Its type.</param>
/// <param name="SentAs">Its name as it was sent.</param>
/// <param name="Label">What people are shown as its name.</param>
/// <param name="Required">Whether every row has a value.</param>
/// <param name="Values">The closed set of its values.</param>
/// <param name="Reference">What its ids name.</param>
/// <param name="Constraint">The constraint that keeps its values or references.</param>
public sealed record StoredColumn(
    string Name, ColumnType Type, string SentAs, string? Label = null, bool Required = false, string[]? Values = null, ColumnRef? Reference = null,
    string? Constraint = null)
{
    /// <summary>The table that its ids are in.</summary>
    [JsonIgnore] public string? Target => Reference?.Kind switch { null => null, RefKind.Action => "actions", _ => "assets" };

    [JsonIgnore] public Sql Definition => $"{Sql.Identifier(Name)} {Sql.Trusted(Type.SqlName())}{Sql.Trusted(Required ? " not null" : "")}";

    public DatasetColumn ToColumn() => new(Name, Type.SqlName(), !Required)
    {
        Label = Label, SemanticType = Reference is not null ? "reference" : Values is not null ? "enum" : null, EnumValues = Values,
        RefKind = Reference?.Kind, AssetType = Reference?.AssetType,
        FkConstraintName = Target is null ? null : Constraint, ForeignTableSchema = Target is null ? null : "public", ForeignTableName = Target,
        ForeignColumnName = Target is null ? null : "id",
    };
}
