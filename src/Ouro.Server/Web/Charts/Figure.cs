using System.Globalization;
using System.Text.Json;

namespace Ouro.Server.Web;

/// <summary>A point of a series: where it is, and what it says. A gap has no place.</summary>
public readonly record struct Spot(double X, double? Y, string Text);

/// <summary>A series as it is drawn.</summary>
public sealed record DrawnSeries(string Name, IReadOnlyList<Spot> Spots);

/// <summary>A chart worked out: places from 0 to 1, from the left and from below.</summary>
/// <param name="Type">What it looks like.</param>
/// <param name="X">The marks along the bottom.</param>
/// <param name="Y">The marks along the side.</param>
/// <param name="Zero">Where nothing is: bars and areas begin there.</param>
/// <param name="Band">The width of a category; 0 where the bottom is a line of numbers or moments.</param>
/// <param name="Labels">What each place along the bottom is.</param>
/// <param name="Series">What is drawn.</param>
/// <param name="Caption">The chart in words.</param>
/// <param name="Note">What is not drawn, and why.</param>
public sealed record Figure(
    ChartType Type, IReadOnlyList<Tick> X, IReadOnlyList<Tick> Y, double Zero, double Band, IReadOnlyList<string> Labels,
    IReadOnlyList<DrawnSeries> Series, string Caption, string? Note)
{
    const int MostPoints = 5000;
    const int MostBars = 400;
    const int MostLabels = 12;

    /// <summary>Draws rows, or says why they cannot be drawn.</summary>
    public static (Figure? Figure, string? Problem) Of(ChartConfig asked, IReadOnlyList<DatasetColumn> columns, JsonElement rows)
    {
        var config = asked.For(columns);
        var x = columns.FirstOrDefault(c => c.Name == config.X);
        if (x is null) return (null, config.X is null ? "There is nothing to draw." : $"The result has no column “{config.X}” to draw along the bottom.");
        if (config.Series.FirstOrDefault(s => columns.All(c => c.Name != s.Column)) is { } missing) return (null, $"The result has no column “{missing.Column}” to draw.");
        var count = rows.GetArrayLength();
        if (count == 0) return (null, "The result has no rows to draw.");
        if (config.Type is ChartType.Histogram) return OfHistogram(x, rows);
        if (config.Series.Count == 0) return (null, "A chart needs a column of numbers besides the one along the bottom. Cast one to a number, or count.");

        var isBand = config.Type is ChartType.Bar || !(Scale.IsNumber(x.Type) || Scale.IsTime(x.Type));
        var most = config.Type is ChartType.Bar ? MostBars : MostPoints;
        var points = rows.EnumerateArray().Take(most).Select(row => (Row: row, Place: isBand ? 0 : Place(row, x) ?? double.NaN, Label: Label(row, x))).Where(p => !double.IsNaN(p.Place)).ToList();
        if (points.Count == 0) return (null, $"No row has a value in “{x.Name}”.");
        if (!isBand && config.Type is not ChartType.Scatter) points = [.. points.OrderBy(p => p.Place)];
        var values = config.Series.Select(s => points.ConvertAll(p => Number(p.Row, s.Column))).ToList();
        var drawn = values.SelectMany(v => v).OfType<double>().DefaultIfEmpty().ToList();
        var (low, high) = (drawn.Min(), drawn.Max());
        // The length of a bar and the height of an area mean something only from zero on.
        if (config.Type is ChartType.Bar or ChartType.Area || (low > 0 && low < high / 2)) (low, high) = (Math.Min(0, low), Math.Max(0, high));
        var up = Scale.Of(low, high);
        var along = isBand ? Bands(points.ConvertAll(p => p.Label))
            : Scale.IsTime(x.Type) ? Scale.OfTime(points.Min(p => p.Place), points.Max(p => p.Place)) : Scale.Within(points.Min(p => p.Place), points.Max(p => p.Place));
        var places = points.Select((p, i) => isBand ? (i + 0.5) / points.Count : along.At(p.Place)).ToList();
        var note = count > most ? $"The first {Told.Number(most)} of {Told.Count(count, "row")} are drawn." : null;
        return (new(config.Type, along.Ticks, up.Ticks, Math.Clamp(up.At(0), 0, 1), isBand ? 1.0 / points.Count : 0, points.ConvertAll(p => p.Label),
            [.. config.Series.Select((s, i) => new DrawnSeries(s.Name, [.. values[i].Select((v, n) => new Spot(places[n], v is { } y ? up.At(y) : null, v is { } told ? Exact(told) : "nothing"))]))],
            $"{config.Type} chart of {string.Join(", ", config.Series.Select(s => s.Name))} by {x.Name}: {Told.Count(points.Count, "point")}, from {Exact(drawn.Min())} to {Exact(drawn.Max())}.",
            note), null);
    }

    static (Figure?, string?) OfHistogram(DatasetColumn x, JsonElement rows)
    {
        if (!Scale.IsNumber(x.Type) && !Scale.IsTime(x.Type)) return (null, $"A histogram is of numbers or moments, and “{x.Name}” is {x.Type}.");
        var places = rows.EnumerateArray().Select(row => Place(row, x)).OfType<double>().ToList();
        if (places.Count == 0) return (null, $"No row has a value in “{x.Name}”.");
        var (low, high) = (places.Min(), places.Max());
        if (!(high > low)) (low, high) = (low - 0.5, high + 0.5);
        var bins = new int[Math.Clamp((int)Math.Ceiling(Math.Sqrt(places.Count)), 5, 30)];
        var width = (high - low) / bins.Length;
        if (!double.IsFinite(width)) return (null, $"The values of “{x.Name}” are too far apart to draw.");
        foreach (var place in places) bins[Math.Min(bins.Length - 1, (int)((place - low) / width))]++;
        var up = Scale.Of(0, bins.Max());
        var along = Scale.IsTime(x.Type) ? Scale.OfTime(low, high) : Scale.Within(low, high);
        var labels = bins.Select((_, i) => $"{Shown(low + i * width)} to {Shown(low + (i + 1) * width)}").ToList();
        return (new(ChartType.Histogram, along.Ticks, up.Ticks, 0, 1.0 / bins.Length, labels,
            [new("rows", [.. bins.Select((n, i) => new Spot((i + 0.5) / bins.Length, up.At(n), Told.Number(n)))])],
            $"Histogram of {x.Name}: {Told.Count(places.Count, "value")} from {Shown(low)} to {Shown(high)}.", null), null);

        string Shown(double place) => Scale.IsTime(x.Type) ? Scale.Moment(place).ToString(width < 86_400 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture) : Scale.Number(place, width);
    }

    /// <summary>Categories side by side. Of many, some are named.</summary>
    static Scale Bands(List<string> labels)
    {
        var most = labels.Count > MostLabels / 2 && labels.Max(l => l.Length) > MostLabels ? MostLabels / 2 : MostLabels;
        var every = (labels.Count + most - 1) / most;
        return new(0, 1, [.. labels.Index().Where(l => l.Index % every == 0).Select(l => new Tick((l.Index + 0.5) / labels.Count, l.Item))]);
    }

    static double? Number(JsonElement row, string column) =>
        row.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    static double? Place(JsonElement row, DatasetColumn x) =>
        !Scale.IsTime(x.Type) ? Number(row, x.Name)
        : row.GetProperty(x.Name) is { ValueKind: JsonValueKind.String } text
            && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? Scale.Seconds(moment.UtcDateTime)
        : null;

    static string Label(JsonElement row, DatasetColumn x)
    {
        var value = row.GetProperty(x.Name);
        var text = value.ValueKind switch { JsonValueKind.Null => "∅", JsonValueKind.String => value.GetString()!, _ => value.GetRawText() };
        if (!Scale.IsTime(x.Type)) return text.Length > 60 ? text[..(char.IsHighSurrogate(text[58]) ? 58 : 59)] + "…" : text;
        // Midnight is a day.
        return text.Replace("T00:00:00+00:00", "", StringComparison.Ordinal).Replace("+00:00", "Z", StringComparison.Ordinal).Replace('T', ' ');
    }

    static string Exact(double value) => value.ToString(Math.Abs(value) is >= 1e15 or (> 0 and < 1e-6) ? "0.####e0" : "#,0.######", CultureInfo.InvariantCulture);
}
