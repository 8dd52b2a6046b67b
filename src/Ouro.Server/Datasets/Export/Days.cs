using System.Buffers.Text;

namespace Ouro.Server.Datasets;

/// <summary>
/// PostgreSQL's dates and moments in ISO 8601, of any year: it counts days and microseconds from the year 2000, and knows infinity. Years before Christ
/// have their letters behind, as PostgreSQL writes them.
/// </summary>
static class Days
{
    public const int Longest = 48;
    const long MicrosecondsOfDay = 86_400_000_000;

    public static int Write(Span<byte> to, int days)
    {
        if (days is int.MaxValue or int.MinValue) return Infinity(to, days > 0);
        var length = Day(to, days, out var isBefore);
        return isBefore ? Before(to, length) : length;
    }

    public static int WriteMoment(Span<byte> to, long microseconds)
    {
        if (microseconds is long.MaxValue or long.MinValue) return Infinity(to, microseconds > 0);
        var (days, time) = Math.DivRem(microseconds, MicrosecondsOfDay);
        if (time < 0) (days, time) = (days - 1, time + MicrosecondsOfDay);
        var length = Day(to, days, out var isBefore);
        var (seconds, fraction) = Math.DivRem(time, 1_000_000);
        to[length++] = (byte)'T';
        length = Two(to, length, seconds / 3600);
        to[length++] = (byte)':';
        length = Two(to, length, seconds / 60 % 60);
        to[length++] = (byte)':';
        length = Two(to, length, seconds % 60);
        if (fraction > 0)
        {
            to[length++] = (byte)'.';
            Utf8Formatter.TryFormat(fraction, to[length..], out _, new('D', 6));
            length += 6;
            while (to[length - 1] == '0') length--;
        }
        "+00:00"u8.CopyTo(to[length..]);
        length += 6;
        return isBefore ? Before(to, length) : length;
    }

    /// <summary>The day in the calendar of today, carried on into all times: eras of 400 years, which begin on the first of March.</summary>
    static int Day(Span<byte> to, long days, out bool isBefore)
    {
        const int DaysFromMarchOfYear0To2000 = 730_425;
        var day = days + DaysFromMarchOfYear0To2000;
        var era = Math.DivRem(day, 146_097, out var ofEra);
        if (ofEra < 0) (era, ofEra) = (era - 1, ofEra + 146_097);
        var yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        var dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var month = (5 * dayOfYear + 2) / 153;
        var year = yearOfEra + 400 * era + (month >= 10 ? 1 : 0);
        isBefore = year <= 0;
        Utf8Formatter.TryFormat(isBefore ? 1 - year : year, to, out var length, new('D', 4));
        to[length++] = (byte)'-';
        length = Two(to, length, month < 10 ? month + 3 : month - 9);
        to[length++] = (byte)'-';
        return Two(to, length, dayOfYear - (153 * month + 2) / 5 + 1);
    }

    static int Two(Span<byte> to, int at, long number)
    {
        to[at] = (byte)('0' + number / 10);
        to[at + 1] = (byte)('0' + number % 10);
        return at + 2;
    }

    static int Before(Span<byte> to, int at)
    {
        " BC"u8.CopyTo(to[at..]);
        return at + 3;
    }

    static int Infinity(Span<byte> to, bool isAhead)
    {
        var word = isAhead ? "infinity"u8 : "-infinity"u8;
        word.CopyTo(to);
        return word.Length;
    }
}
