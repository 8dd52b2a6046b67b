using System.Globalization;
using System.Text;

namespace Ouro.Bench;

/// <summary>
/// A million rows that look like what people keep: a number, a name, a measurement, a yes or no, a moment, a remark that is often missing. The same at
/// each run.
/// </summary>
static class Million
{
    public const int Rows = 1_000_000;

    public static readonly string[] Columns = ["number", "species", "mass", "adult", "seen_at", "remark"];

    static readonly string[] Species = ["Adelie", "Chinstrap", "Gentoo", "Emperor", "King", "Macaroni", "Royal", "Fiordland"];

    /// <summary>As CSV with a header. With <paramref name="contradiction"/> the very last mass is a word, which no guess from the first rows expects.</summary>
    public static string Csv(Scratch scratch, bool contradiction = false)
    {
        var file = scratch.File(contradiction ? "contradiction.csv" : "million.csv");
        using var to = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 16);
        to.Write(string.Join(',', Columns) + "\n");
        for (var i = 1; i <= Rows; i++)
            to.Write(string.Create(CultureInfo.InvariantCulture,
                $"{i},{Kind(i)},{(contradiction && i == Rows ? "heavy" : Mass(i))},{(IsAdult(i) ? "true" : "false")},{Seen(i):yyyy-MM-ddTHH:mm:ssZ},{(i % 5 == 0 ? $"tagged \"{i % 997}\", left foot".Replace("\"", "\"\"").Insert(0, "\"") + "\"" : "")}\n"));
        return file;
    }

    /// <summary>As JSON bodies for a dataset's rows, each of at most a million bytes, as the public client cuts them.</summary>
    public static IEnumerable<(byte[] Body, int Rows)> Batches()
    {
        const int Most = 1_000_000;
        const string Head = "{\"rows\":[", Tail = "],\"mode\":\"append\"}";
        var body = new StringBuilder(Head);
        var rows = 0;
        for (var i = 1; i <= Rows; i++)
        {
            var row = string.Create(CultureInfo.InvariantCulture,
                $"{{\"number\":{i},\"species\":\"{Kind(i)}\",\"mass\":{Mass(i)},\"adult\":{(IsAdult(i) ? "true" : "false")},\"seen_at\":\"{Seen(i):yyyy-MM-ddTHH:mm:ss+00:00}\",\"remark\":{(i % 5 == 0 ? $"\"tagged {i % 997}, left foot\"" : "null")}}}");
            if (body.Length + row.Length + 1 + Tail.Length > Most)
            {
                yield return (Encoding.ASCII.GetBytes(body.Append(Tail).ToString()), rows);
                body.Clear().Append(Head);
                rows = 0;
            }
            if (rows++ > 0) body.Append(',');
            body.Append(row);
        }
        yield return (Encoding.ASCII.GetBytes(body.Append(Tail).ToString()), rows);
    }

    static string Kind(int i) => Species[i * 7 % 13 % Species.Length];

    static string Mass(int i) => (2500 + i * 37L % 4000 + i % 100 / 100.0).ToString("R", CultureInfo.InvariantCulture);

    static bool IsAdult(int i) => i % 3 != 0;

    static DateTime Seen(int i) => new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(i * 97L);
}
