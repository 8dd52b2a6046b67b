using Ouro.Server.Data;

namespace Ouro.Server.Files;

/// <summary>How much room the files of an account or an organization may take.</summary>
public sealed class StorageLimits(Db db, Settings settings)
{
    /// <summary>How many uploads an account may have at a time that are no files yet.</summary>
    public const int MostUploads = 1000;

    /// <summary>Refuses what an account has no room for, before its bytes come. What it is uploading counts.</summary>
    public async Task MustFit(Actor actor, long bytes, CancellationToken ct)
    {
        if (settings.UserStorage <= 0 || settings.UserStorage >= bytes && (await OfUser(db, actor.Id, ct)).Used + bytes <= settings.UserStorage) return;
        throw Over(settings.UserStorage, "You have", "Delete files or uploads that are no longer needed, or ask who runs this server.");
    }

    /// <summary>Refuses an upload too many, or one that an account has no room for; one at a time is counted and added, in the transaction that adds it.</summary>
    public async Task MustTake(Tx tx, Actor actor, long bytes, CancellationToken ct)
    {
        await FileStore.HoldUsage(tx, actor.Id, ct);
        if (await UploadStore.Count(tx, actor.Id, MostUploads, ct) >= MostUploads)
            throw Refusal.Conflict("too_many_uploads", $"You have {MostUploads:N0} uploads that are no files yet.", "Make files of them, or discard them; what does not go on is thrown away by itself.");
        await MustFit(tx, actor.Id, Ids.Global, bytes, ct);
    }

    /// <summary>Refuses a file that its place has no room for; one at a time is counted and added, in the transaction that adds it.</summary>
    public async Task MustFit(Tx tx, Guid user, Guid organization, long bytes, CancellationToken ct)
    {
        var isPersonal = organization == Ids.Global;
        var most = isPersonal ? settings.UserStorage : settings.OrganizationStorage;
        if (most <= 0) return;
        await FileStore.HoldUsage(tx, isPersonal ? user : organization, ct);
        var used = isPersonal ? await FileStore.UsageOfUser(tx, user, ct) : await FileStore.UsageOfOrganization(tx, organization, ct);
        if (used!.Bytes + bytes > most)
            throw Over(most, isPersonal ? "You have" : "This organization has", "Delete files that are no longer needed, or ask who runs this server.");
    }

    public async Task<StorageUsage> OfUser(Session session, Guid user, CancellationToken ct) => Told((await FileStore.UsageOfUser(session, user, ct))!, settings.UserStorage);

    public async Task<StorageUsage> OfOrganization(Guid organization, CancellationToken ct) =>
        Told((await FileStore.UsageOfOrganization(db, organization, ct))!, settings.OrganizationStorage);

    static StorageUsage Told(Usage usage, long most) => new(usage.Bytes, most > 0 ? most : null, usage.Files);

    static Refusal Over(long most, string who, string hint) => new(413, "storage_limit", $"{who} room for {FileRules.Told(most)} of files, and this one does not fit.", hint);
}
