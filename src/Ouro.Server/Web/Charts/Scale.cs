using System.Globalization;

namespace Ouro.Server.Web;

/// <summary>A mark beside an axis: where it is, from 0 to 1, and what it says.</summary>
public sealed record Tick(double At, string Label);

/// <summary>From values to places between 0 and 1, with marks at values that people count in.</summary>
public sealed record Scale(double Low, double High, IReadOnlyList<Tick> Ticks)
{
    const int Wanted = 5;

    static readonly (TimeSpan Step, string Format)[] Steps =
    [
        (TimeSpan.FromMilliseconds(100), "HH:mm:ss.f"), (TimeSpan.FromSeconds(1), "HH:mm:ss"), (TimeSpan.FromSeconds(5), "HH:mm:ss"), (TimeSpan.FromSeconds(15), "HH:mm:ss"),
        (TimeSpan.FromMinutes(1), "HH:mm"), (TimeSpan.FromMinutes(5), "HH:mm"), (TimeSpan.FromMinutes(15), "HH:mm"), (TimeSpan.FromHours(1), "HH:mm"),
        (TimeSpan.FromHours(3), "d MMM HH:mm"), (TimeSpan.FromHours(12), "d MMM HH:mm"), (TimeSpan.FromDays(1), "d MMM"), (TimeSpan.FromDays(2), "d MMM"), (TimeSpan.FromDays(7), "d MMM"),
    ];

    static readonly int[] Months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000];

    public double At(double value) => High > Low ? (value - Low) / (High - Low) : 0.5;

    /// <summary>Numbers from one to another, widened to round ones.</summary>
    public static Scale Of(double low, double high)
    {
        if (!(high > low)) (low, high) = low == 0 ? (0, 1) : (low - Math.Abs(low) * 0.1, high + Math.Abs(high) * 0.1);
        var step = Round((high - low) / Wanted);
        if (!double.IsFinite(step) || step <= 0) return new(low, high, [new(0, Number(low)), new(1, Number(high))]);
        var (first, last) = (Math.Floor(low / step + 1e-9), Math.Ceiling(high / step - 1e-9));
        var scale = new Scale(first * step, last * step, []);
        return scale with { Ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step).Select(v => new Tick(scale.At(v), Number(v, step)))] };
    }

    /// <summary>Numbers as they are, with round marks inside: along the bottom, where points should reach from edge to edge.</summary>
    public static Scale Within(double low, double high)
    {
        if (!(high > low)) return Of(low, high);
        var step = Round((high - low) / Wanted);
        var scale = new Scale(low, high, []);
        return scale with
        {
            Ticks = [.. Enumerable.Range(0, 4 * Wanted).Select(i => (Math.Ceiling(low / step - 1e-9) + i) * step).TakeWhile(v => v <= high + step * 1e-9)
                .Select(v => new Tick(scale.At(v), Number(v, step)))],
        };
    }

    /// <summary>Moments, in seconds of the common era's count, marked at whole minutes, days, months or years.</summary>
    public static Scale OfTime(double low, double high)
    {
        var scale = new Scale(low, high, []);
        if (!(high > low)) return scale with { Ticks = [new(0.5, Moment(low).ToString("d MMM yyyy", CultureInfo.InvariantCulture))] };
        var wanted = TimeSpan.FromSeconds((high - low) / (Wanted + 1));
        foreach (var (step, format) in Steps)
            if (step >= wanted)
            {
                var first = new DateTime((Moment(low).Ticks + step.Ticks - 1) / step.Ticks * step.Ticks, DateTimeKind.Utc);
                return scale with { Ticks = [.. Enumerable.Range(0, 4 * Wanted).Select(i => first + i * step).TakeWhile(t => Seconds(t) <= high).Select(t => new Tick(scale.At(Seconds(t)), t.ToString(format, CultureInfo.InvariantCulture)))] };
            }
        var months = Months.FirstOrDefault(m => m * 30.4 >= wanted.TotalDays, Months[^1]);
        var start = Moment(low);
        var month = (start.Year * 12 + start.Month - 1 + months - 1) / months * months;
        if (start is { Day: 1, TimeOfDay.Ticks: 0 } && (start.Year * 12 + start.Month - 1) % months == 0) month = start.Year * 12 + start.Month - 1;
        else if ((start.Year * 12 + start.Month - 1) % months == 0) month = start.Year * 12 + start.Month - 1 + months;
        return scale with
        {
            Ticks = [.. Enumerable.Range(0, 4 * Wanted).Select(i => month + i * months).Where(m => m / 12 is >= 1 and <= 9999).Select(m => new DateTime(m / 12, m % 12 + 1, 1, 0, 0, 0, DateTimeKind.Utc))
                .TakeWhile(t => Seconds(t) <= high).Select(t => new Tick(scale.At(Seconds(t)), t.ToString(months % 12 == 0 ? "yyyy" : "MMM yyyy", CultureInfo.InvariantCulture)))],
        };
    }

    public static bool IsNumber(string type) => type is "bigint" or "integer" or "smallint" or "double precision" or "real" or "numeric";

    public static bool IsTime(string type) => type is "date" || type.StartsWith("timestamp", StringComparison.Ordinal);

    public static double Seconds(DateTime moment) => (moment.Ticks - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond;

    public static DateTime Moment(double seconds) =>
        new((long)Math.Clamp(DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    /// <summary>A number beside an axis: no longer than it needs to be there.</summary>
    public static string Number(double value, double step = 0)
    {
        var size = Math.Abs(value);
        if (size >= 1e15 || size is > 0 and < 1e-6) return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        foreach (var (unit, sign) in new[] { (1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k") })
            if (size >= unit && (unit > 1e3 || size >= 10_000)) return (value / unit).ToString(step > 0 && step / unit < 0.1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + sign;
        var decimals = step > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(step) + 0.3), 0, 8) : 6;
        return (size == 0 ? 0 : value).ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }

    /// <summary>The next of 1, 2, 2.5, 5, 10, 20 … that is not smaller.</summary>
    static double Round(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 } * power;
    }
}
