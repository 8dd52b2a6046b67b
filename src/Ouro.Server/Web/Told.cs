using System.Globalization;

namespace Ouro.Server.Web;

/// <summary>Numbers, sizes and times as people read them.</summary>
public static class Told
{
    /// <summary>The word that a value has everywhere: <c>dataset</c>, <c>public</c>.</summary>
    public static string Word<T>(T value) where T : struct, Enum => Data.Wire.Name(value);

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one, string? many = null) => $"{Number(number)} {(number == 1 ? one : many ?? one + "s")}";

    public static string Size(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1000 && unit < units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } t => Count((long)t.TotalMinutes, "minute") + " ago",
        { TotalHours: < 24 } t => Count((long)t.TotalHours, "hour") + " ago",
        { TotalDays: < 2 } => "yesterday",
        { TotalDays: < 30 } t => Count((long)t.TotalDays, "day") + " ago",
        _ => at.ToString(at.Year == now.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture),
    };

    public static string Took(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMilliseconds):0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    public static string Initials(string name)
    {
        var words = name.Split(['_', '-', ' ', '.'], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => "?",
            [var one] => one[..Math.Min(2, one.Length)].ToUpperInvariant(),
            [var first, .., var last] => $"{first[0]}{last[0]}".ToUpperInvariant(),
        };
    }
}
