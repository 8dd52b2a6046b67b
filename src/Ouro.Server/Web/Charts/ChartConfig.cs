using System.Text.Json;

namespace Ouro.Server.Web;

public enum ChartType { Bar, Line, Area, Scatter, Histogram }

/// <summary>A column that is drawn, and what the legend calls it.</summary>
public sealed record ChartSeries(string Column, string Name);

/// <summary>
/// How rows are drawn, as it is kept with a view: <c>{"type":"bar","xAxis":{"dataKey":…},"series":[{"dataKey":…,"name":…}]}</c>. Newer clients
/// say <c>category</c> for <c>xAxis</c>. What is not said is chosen by the columns.
/// </summary>
public sealed record ChartConfig(ChartType Type, string? X, IReadOnlyList<ChartSeries> Series)
{
    const int MostSeries = 6;

    /// <summary>Reads what somebody sent, which may be anything; null where it names no type that can be drawn.</summary>
    public static ChartConfig? Read(JsonElement? config)
    {
        if (config is not { ValueKind: JsonValueKind.Object } c || !Data.Wire.TryParse<ChartType>(Text(c, "type"), out var type)) return null;
        var x = Key(c, "xAxis") ?? Key(c, "category");
        var series = c.TryGetProperty("series", out var all) && all.ValueKind == JsonValueKind.Array
            ? all.EnumerateArray().Where(s => s.ValueKind == JsonValueKind.Object && Text(s, "dataKey") is not null)
                .Select(s => new ChartSeries(Text(s, "dataKey")!, Text(s, "name") ?? Text(s, "dataKey")!)).Take(MostSeries)
            : [];
        return new(type, x, [.. series]);
    }

    /// <summary>The chart that a form asks for.</summary>
    public static ChartConfig? Of(string? type, string? x, IEnumerable<string?>? series) => Data.Wire.TryParse<ChartType>(type, out var known)
        ? new(known, string.IsNullOrEmpty(x) ? null : x, [.. (series ?? []).Where(s => !string.IsNullOrEmpty(s)).Select(s => new ChartSeries(s!, s!)).Take(MostSeries)])
        : null;

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(new
    {
        type = Data.Wire.Name(Type), xAxis = new { dataKey = X }, series = Series.Select(s => new { dataKey = s.Column, name = s.Name }),
    });

    /// <summary>The same with what was left open chosen: the first column below, and every number above it.</summary>
    public ChartConfig For(IReadOnlyList<DatasetColumn> columns)
    {
        var x = X ?? (Type is ChartType.Histogram ? columns.FirstOrDefault(c => Scale.IsNumber(c.Type)) : null)?.Name ?? (columns.Count > 0 ? columns[0].Name : null);
        return this with
        {
            X = x,
            Series = Series.Count > 0 ? Series : [.. columns.Where(c => c.Name != x && Scale.IsNumber(c.Type)).Take(MostSeries).Select(c => new ChartSeries(c.Name, c.Name))],
        };
    }

    static string? Key(JsonElement config, string name) =>
        config.TryGetProperty(name, out var axis) && axis.ValueKind == JsonValueKind.Object ? Text(axis, "dataKey") : null;

    static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 and <= 255 } found ? found : null;
}
