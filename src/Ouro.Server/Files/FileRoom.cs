using Ouro.Server.Assets;

namespace Ouro.Server.Files;

/// <summary>What the room of files brings.</summary>
public static class FileRoom
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<UploadSpool>().AddSingleton<FileInspection>().AddSingleton<Reception>().AddSingleton<StorageLimits>()
        .AddSingleton<OpenUploads>().AddSingleton<UploadOperations>().AddSingleton<FileOperations>()
        .AddSingleton<UploadSweep>().AddHostedService(p => p.GetRequiredService<UploadSweep>())
        .AddSingleton(p => new AssetKind(AssetType.File,
            (tx, id, ct) => Task.CompletedTask,
            Download: (actor, id, format, ct) => p.GetRequiredService<FileOperations>().Download(actor, id, format, ct),
            Shape: FileRules.Shaped));
}
