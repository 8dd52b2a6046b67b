using System.Runtime.CompilerServices;

namespace Ouro.Server.Datasets;

/// <summary>
/// ISO dates and timestamps as PostgreSQL counts them: days and microseconds since 2000. Only four-digit years are dates, and a timestamp
/// without a zone is UTC, so that what a file means does not depend on where the server stands.
/// </summary>
static class Moment
{
    static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    const long MicrosecondsADay = 86_400_000_000;

    public static DateTime OfDays(long days) => Epoch.AddDays(days);

    public static DateTime OfMicroseconds(long microseconds) => Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds, whatever kind the moment claims to be of; what PostgreSQL cannot keep is cut off.</summary>
    public static long Microseconds(DateTime moment) => (moment.Ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static int Days(DateTime moment) => (int)((moment.Ticks - Epoch.Ticks) / TimeSpan.TicksPerDay);

    public static long OfDate(long days) => days * MicrosecondsADay;

    /// <summary><c>yyyy-MM-dd</c></summary>
    [MethodImpl(Hot.Path)]
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Two(text, out var century) || !Two(text[2..], out var yearOfCentury)) return false;
        if (!Two(text[5..], out var month) || !Two(text[8..], out var day)) return false;
        var year = 100 * century + yearOfCentury;
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)) return false;
        days = Days(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc));
        return true;
    }

    /// <summary><c>yyyy-MM-dd(T| )HH:mm[:ss[.fffffffff]][Z|±HH[[:]mm]]</c>, or a date alone, which is its midnight.</summary>
    [MethodImpl(Hot.Path)]
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 10 || !TryDate(text[..10], out var days)) return false;
        microseconds = OfDate(days);
        if (text.Length == 10) return true;

        if (text[10] is not ((byte)'T' or (byte)' ' or (byte)'t')) return false;
        var rest = text[11..];
        if (rest.Length < 5 || rest[2] != ':' || !Two(rest, out var hour) || !Two(rest[3..], out var minute)) return false;
        if (hour > 23 || minute > 59) return false;
        rest = rest[5..];
        var second = 0;
        var fraction = 0;
        if (rest.Length > 0 && rest[0] == ':')
        {
            if (rest.Length < 3 || !Two(rest[1..], out second) || second > 59) return false;
            rest = rest[3..];
            if (rest.Length > 0 && rest[0] is (byte)'.' or (byte)',' && !Fraction(ref rest, out fraction)) return false;
        }
        if (!Zone(rest, out var offset)) return false;
        microseconds += ((hour * 60L + minute - offset) * 60 + second) * 1_000_000 + fraction;
        return true;
    }

    static bool Fraction(ref ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        var digits = 0;
        var i = 1;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            if (digits < 6)
            {
                microseconds = 10 * microseconds + text[i] - '0';
                digits++;
            }
        if (i == 1 || i > 10) return false;
        for (; digits < 6; digits++) microseconds *= 10;
        text = text[i..];
        return true;
    }

    static bool Zone(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length > 0 && text[0] == ' ') text = text[1..];
        if (text.Length == 0 || text.Length == 1 && text[0] is (byte)'Z' or (byte)'z' || text.SequenceEqual("UTC"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || !Two(text[1..], out var hours) || hours > 15) return false;
        var past = 0;
        var rest = text[3..];
        if (rest.Length > 0 && rest[0] == ':') rest = rest[1..];
        else if (rest.Length == 0) rest = "00"u8;
        if (rest.Length != 2 || !Two(rest, out past) || past > 59) return false;
        minutes = (text[0] == '-' ? -1 : 1) * (60 * hours + past);
        return true;
    }

    static bool Two(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        if (text.Length < 2) return false;
        uint tens = (uint)(text[0] - '0'), ones = (uint)(text[1] - '0');
        value = (int)(10 * tens + ones);
        return tens <= 9 && ones <= 9;
    }
}
