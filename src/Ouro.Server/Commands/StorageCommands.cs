using Ouro.Server.Storage;

namespace Ouro.Server.Commands;

/// <summary>Looks after the content of files.</summary>
static class StorageCommands
{
    /// <summary>Reads every object and compares it with its name and with the database; exit code 1 where something is missing or damaged.</summary>
    public static async Task<int> Verify(Settings settings, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var told = 0L;
        var verified = await ouro.Get<Verification>().Verify(new Telling(at =>
        {
            if (at.Bytes - told < 1L << 30 && at.Objects % 1000 != 0) return;
            told = at.Bytes;
            Console.Error.WriteLine($"{at.Objects:N0} objects, {at.Bytes:N0} bytes read");
        }), ct);
        foreach (var name in verified.Missing) Console.Error.WriteLine($"missing  {name}");
        foreach (var name in verified.Damaged) Console.Error.WriteLine($"damaged  {name}");
        foreach (var name in verified.Orphans) Console.Error.WriteLine($"unknown  {name}");
        WithoutServer.Print(verified);
        return verified.Ok ? 0 : 1;
    }

    // The framework's own Progress tells on other threads, and out of order.
    sealed class Telling(Action<(long Objects, long Bytes)> tell) : IProgress<(long Objects, long Bytes)>
    {
        public void Report((long Objects, long Bytes) value) => tell(value);
    }
}
