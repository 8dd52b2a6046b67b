using System.Globalization;

namespace Ouro.Bench;

/// <summary>A process of PostgreSQL that works on a user's query, as the system shows it: its title says for whom and what.</summary>
/// <param name="Id">The process.</param>
/// <param name="Resident">The memory that it has, the shared buffers that it touched included.</param>
sealed record Backend(int Id, long Resident)
{
    // Titles of backends that wait for work, or are only on their way in or out.
    static readonly string[] Idle = ["idle", "idle in transaction", "idle in transaction (aborted)", "startup", "authentication", "ROLLBACK", "initializing"];

    /// <summary>Those below this postmaster that are at work for a dataset's login.</summary>
    public static IReadOnlyList<Backend> Busy(int postmaster)
    {
        var found = new List<Backend>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                var title = File.ReadAllText(Path.Combine(folder, "cmdline")).TrimEnd('\0', ' ');
                if (!title.StartsWith("postgres: d_", StringComparison.Ordinal) || Idle.Any(word => title.EndsWith(' ' + word, StringComparison.Ordinal))) continue;
                var status = File.ReadLines(Path.Combine(folder, "status")).Select(line => line.Split((char[])[':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)).ToLookup(w => w[0]);
                if (status["PPid"].First()[1] == postmaster.ToString(CultureInfo.InvariantCulture))
                    found.Add(new(id, long.Parse(status["VmRSS"].First()[1], CultureInfo.InvariantCulture) * 1024));
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
        return found;
    }
}
