using System.Globalization;

namespace Ouro.Bench;

/// <summary>
/// The memory of a process and all its descendants: each page once, however many of them share it. A page of a file that programs outside of the tree
/// share too (the runtime of this very bench) counts whole, as it would on a machine of its own; the plain sum of proportional shares would flatter.
/// </summary>
static class TreeMemory
{
    const string Own = "";

    sealed class Mapped
    {
        /// <summary>The proportional shares of the tree's processes together.</summary>
        public long Shares { get; set; }

        /// <summary>The most that one of them has of it.</summary>
        public long Most { get; set; }
    }

    /// <summary>In bytes; the processes are descendants of <paramref name="roots"/> and these themselves. Null where the system does not tell.</summary>
    public static long? Of(params IEnumerable<int> roots)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var mapped = new Dictionary<string, Mapped>();
        try
        {
            foreach (var process in Tree(roots)) Read(process, mapped);
        }
        catch (UnauthorizedAccessException)
        {
            return null; // The database is another account's, and this one may not look at it: containers often forbid it.
        }
        return mapped.Sum(m => Math.Max(m.Value.Shares, m.Value.Most)) * 1024;
    }

    public static string Shown(long? bytes) => bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1048576.0:0} MB") : "unknown";

    static HashSet<int> Tree(IEnumerable<int> roots)
    {
        var children = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .ToLookup(Parent);
        var tree = new HashSet<int>();
        var open = new Stack<int>(roots);
        while (open.TryPop(out var process))
            if (tree.Add(process))
                foreach (var child in children[process]) open.Push(child);
        return tree;
    }

    static int Parent(int process)
    {
        try
        {
            // The second field is the program's name in brackets, which may hold anything.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat.AsSpan(stat.LastIndexOf(')') + 2).ToString().Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    static void Read(int process, Dictionary<string, Mapped> mapped)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines($"/proc/{process}/smaps");
        }
        catch (IOException)
        {
            return; // It ended meanwhile.
        }
        var of = Own;
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
                // Range, rights, offset, device, inode, name: the same inode at the same offset is the same file's same piece.
                // What is in memory only (the database's shared pages, compiled code) belongs to the tree alone, and its shares are the truth.
                of = words is [_, _, var offset, var device, _, ['/', ..] name, ..] && !name.StartsWith("/dev/", StringComparison.Ordinal)
                    && !name.StartsWith("/memfd:", StringComparison.Ordinal) ? $"{device} {words[4]} {offset}" : Own;
            else if (words[0] is "Pss:" or "Rss:")
            {
                var at = mapped.TryGetValue(of, out var known) ? known : mapped[of] = new();
                var size = long.Parse(words[1], CultureInfo.InvariantCulture);
                if (words[0] == "Pss:") at.Shares += size;
                else if (of != Own) at.Most = Math.Max(at.Most, size);
            }
        }
    }
}
