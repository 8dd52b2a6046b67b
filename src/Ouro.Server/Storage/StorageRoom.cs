namespace Ouro.Server.Storage;

/// <summary>Where content goes: a folder, or a bucket where one is set.</summary>
public static class StorageRoom
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<ObjectStorage>(p => Place(p.GetRequiredService<Settings>(), p.GetRequiredService<Installation>(), p.GetRequiredService<TimeProvider>()))
        .AddSingleton<Blobs>().AddSingleton<Verification>();

    static ObjectStorage Place(Settings settings, Installation installation, TimeProvider time)
    {
        if (settings.S3Bucket is null) return new LocalStorage(settings.Objects ?? installation.Directory.File("objects"));
        if (settings.Objects is not null)
            throw new SettingException("OURO_OBJECTS and OURO_S3_BUCKET name two places for the same content, which is kept in one. Unset one of them.");
        return new S3Storage(settings, time);
    }
}
