using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouro.Server;
using Ouro.Server.Data.Embedded;
using Ouro.Server.Files;
using Ouro.Server.Kernel;
using Ouro.Server.Storage;

namespace Ouro.Bench;

/// <summary>What a campaign of uploads leaves: swept as if days had passed, and compared with what was sent.</summary>
sealed record UploadAftermath(IReadOnlyList<string> Findings, long Objects)
{
    static readonly TimeSpan Days = TimeSpan.FromHours(50);

    sealed record Kept(Guid Id, string FileName, string Sha256, long Size);

    /// <param name="data">The data directory, whose server was stopped.</param>
    /// <param name="contents">What was sent under which name.</param>
    /// <param name="acknowledged">Files that must be there.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<UploadAftermath> Sweep(string data, IReadOnlyDictionary<string, (string Sha256, long Size)> contents, IReadOnlyList<Guid> acknowledged, CancellationToken ct)
    {
        var findings = new List<string>();
        var settings = Settings.From(name => name == "OURO_POSTGRES_BIN" ? Environment.GetEnvironmentVariable(name) : null, (nameof(Settings.Data), data), (nameof(Settings.LogLevel), LogLevel.Error));
        await using var installation = await Installation.Open(settings, HolderKind.Command, NullLogger.Instance, ct);
        var time = new Later();
        await using var app = OuroServer.Build(settings, installation, services => services.AddSingleton<TimeProvider>(time));
        var (db, verification, sweep) = (installation.Database.Db, app.Services.GetRequiredService<Verification>(), app.Services.GetRequiredService<UploadSweep>());

        // What is younger than a day stays: it may be somebody's who is just bringing it.
        var before = await verification.Verify(null, ct);
        if (!before.Ok) findings.Add($"before the sweep {before.MissingCount} objects are missing and {before.DamagedCount} damaged");
        // Uploads expire, then their content counts as unused, then it is old enough to go.
        for (var times = 0; times < 3; times++)
        {
            time.Pass(Days);
            await sweep.Sweep(ct);
        }

        var files = await db.Query<Kept>($"select asset_id as id, file_name, sha256, size from files", ct);
        foreach (var file in files)
            if (!contents.TryGetValue(file.FileName, out var content) || content != (file.Sha256, file.Size)) findings.Add($"the file {file.Id}, {file.FileName}, is not what was sent");
        foreach (var lost in acknowledged.Except(files.Select(file => file.Id))) findings.Add($"the file {lost} was acknowledged and is not there");
        var empty = await db.Maybe<long>($"select count(*) from assets a where a.asset_type = 'file' and not exists (select from files f where f.asset_id = a.id)", ct);
        if (empty > 0) findings.Add($"{empty} assets have no bytes");
        var open = await db.Maybe<long>($"select count(*) from uploads", ct);
        if (open > 0) findings.Add($"{open} uploads are there after their time");

        var after = await verification.Verify(null, ct);
        if (!after.Ok) findings.Add($"after the sweep {after.MissingCount} objects are missing and {after.DamagedCount} damaged");
        if (after.OrphanCount > 0) findings.Add($"after the sweep {after.OrphanCount} objects belong to nobody");
        var wanted = files.Select(file => file.Sha256).ToHashSet();
        if (after.Objects != wanted.Count) findings.Add($"{after.Objects} objects are kept, and {wanted.Count} are referred to");
        foreach (var left in Directory.GetFiles(Path.Combine(data, "uploads"))) findings.Add($"{Path.GetFileName(left)} lies among the uploads of nobody");
        var drafts = Path.Combine(data, "objects", "drafts");
        if (Directory.Exists(drafts) && Directory.GetFiles(drafts).Length > 0) findings.Add("drafts lie in the storage");
        return new(findings, after.Objects);
    }

    sealed class Later : TimeProvider
    {
        TimeSpan ahead;

        public void Pass(TimeSpan time) => ahead += time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
