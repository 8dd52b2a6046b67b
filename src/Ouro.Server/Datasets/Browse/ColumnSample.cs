using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>The values of a column in a sample of rows, and what they say of the whole.</summary>
public sealed class ColumnSample(StoredColumn column)
{
    const int Bins = 20;
    const int MostTopValues = 10;
    const int LongestValue = 60;

    readonly Dictionary<string, int> counts = [];
    readonly List<double> places = [];
    long rows;
    long nulls;

    bool IsMoment => column.Type is ColumnType.Date or ColumnType.Timestamptz;

    bool IsNumber => column.Type is ColumnType.Bigint or ColumnType.DoublePrecision or ColumnType.Numeric;

    /// <summary>A value as the text of PostgreSQL, or null.</summary>
    public void Add(string? value)
    {
        rows++;
        if (value is null)
        {
            nulls++;
            return;
        }
        CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _)++;
        if ((IsNumber || IsMoment) && Place(value) is { } place) places.Add(place);
    }

    /// <param name="whole">The rows of the dataset, of which those added are a part.</param>
    public ColumnSummary Summary(long whole)
    {
        var (low, high) = places.Count == 0 ? (0, 0) : (places.Min(), places.Max());
        return new(column.Name, column.Type.SqlName(), nulls, Distinct(whole), places.Count == 0 ? null : Value(low), places.Count == 0 ? null : Value(high), Histogram(low, high), Top());
    }

    /// <summary>Where a value stands on a line: a number itself, a moment in seconds. Infinities, and years that .NET does not know, stand nowhere.</summary>
    double? Place(string value)
    {
        if (IsNumber) return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond
            : null;
    }

    JsonElement Value(double place) => column.Type switch
    {
        ColumnType.Date => Wire.Element(Moment(place).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ColumnType.Timestamptz => Wire.Element(Moment(place).ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture)),
        ColumnType.Bigint when Math.Abs(place) < 1L << 53 && place == Math.Floor(place) => Wire.Element((long)place),
        _ => Wire.Element(place),
    };

    static DateTime Moment(double seconds) =>
        new(Math.Clamp(DateTime.UnixEpoch.Ticks + (long)(seconds * TimeSpan.TicksPerSecond), 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    IReadOnlyList<HistogramBin> Histogram(double low, double high)
    {
        // One value makes no histogram, and the distance between two extremes may be no number.
        if (!(high > low) || !double.IsFinite(high - low)) return [];
        var isWhole = column.Type is ColumnType.Bigint;
        // Of few whole numbers each has a bin of its own.
        var width = isWhole ? Math.Max(1, Math.Ceiling((high - low + 1) / Bins)) : (high - low) / Bins;
        var bins = new long[isWhole ? (int)Math.Ceiling((high - low + 1) / width) : Bins];
        foreach (var place in places) bins[Math.Min(bins.Length - 1, (int)((place - low) / width))]++;
        return [.. bins.Select((count, i) => new HistogramBin(Value(low + i * width), Value(i == bins.Length - 1 && !isWhole ? high : low + (i + 1) * width), count))];
    }

    IReadOnlyList<TopValue> Top() => counts.Values.Any(count => count > 1)
        ? [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MostTopValues).Select(c => new TopValue(Shown(c.Key), c.Value))]
        : [];

    string Shown(string value) =>
        column.Type is ColumnType.Boolean ? value == "t" ? "true" : "false"
        : value.Length > LongestValue ? value[..(LongestValue - (char.IsHighSurrogate(value[LongestValue - 1]) ? 1 : 0))] + "…" : value;

    /// <summary>
    /// Different values of the whole, estimated from a sample as PostgreSQL's own statistics are (Haas and Stokes): what came once in the sample
    /// tells how much was not seen.
    /// </summary>
    long Distinct(long whole)
    {
        double seen = rows - nulls, distinct = counts.Count, once = counts.Values.Count(count => count == 1);
        var total = whole * (rows == 0 ? 0 : seen / rows);
        if (rows >= whole || seen == 0 || once == 0) return counts.Count;
        return (long)Math.Clamp(Math.Round(seen * distinct / (seen - once + once * seen / total)), distinct, total);
    }
}
