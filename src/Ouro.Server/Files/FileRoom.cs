using Ouro.Server.Assets;
using Ouro.Server.Organizations;
using Ouro.Server.Web;

namespace Ouro.Server.Files;

/// <summary>What the room of files brings.</summary>
public static class FileRoom
{
    public static void Add(IServiceCollection services) => InspectionParts.Add(services)
        .AddSingleton<UploadSpool>().AddSingleton<Reception>().AddSingleton<StorageLimits>()
        .AddSingleton<OpenUploads>().AddSingleton<UploadOperations>().AddSingleton<FileOperations>()
        .AddSingleton<UploadSweep>().AddHostedService(p => p.GetRequiredService<UploadSweep>())
        .AddSingleton(p => new AssetKind(AssetType.File,
            (tx, id, ct) => Task.CompletedTask,
            (actor, id, ct) => p.GetRequiredService<FileOperations>().Details(actor, id, ct),
            (actor, id, ct) => p.GetRequiredService<FileOperations>().Contents(actor, id, ct),
            Download: (actor, id, format, ct) => p.GetRequiredService<FileOperations>().Download(actor, id, format, ct),
            Shape: FileRules.Shaped, Picture: FileRules.Picture,
            Moved: (tx, asset, ct) => p.GetRequiredService<FileOperations>().Moved(tx, asset, ct)))
        .AddSingleton<ThumbnailWork>().AddSingleton(new JobKind(ThumbnailWork.Kind, (p, job, ct) => p.GetRequiredService<ThumbnailWork>().Run(job, ct)))
        .AddSingleton(new OrganizationPart(typeof(StorageOfOrganization)))
        .AddSingleton(new FramePlace("/files", "Files", "file"))
        .AddSingleton(new FrameCreation("/files/new", "File", "Upload files of any kind, or folders of them", "file", InTeams: true));
}
