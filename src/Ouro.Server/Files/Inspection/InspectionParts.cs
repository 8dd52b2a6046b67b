namespace Ouro.Server.Files;

/// <summary>What looking at files takes.</summary>
public static class InspectionParts
{
    public static IServiceCollection Add(IServiceCollection services) => services.AddSingleton<FileInspection>().AddSingleton<Thumbnails>();
}
