using System.Security.Cryptography;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>What one changes about oneself.</summary>
public sealed partial class UserOperations
{
    const int MostBytes = 512 << 10;

    /// <summary>Changes the caller's profile; what is not given stays.</summary>
    public async Task<UserProfile> Update(Actor actor, ChangeProfile change, CancellationToken ct)
    {
        AccountRules.MustBeWhole(actor);
        Contract.Present(change, "user");
        await using var tx = await db.Begin(ct);
        var changed = await Describe(tx, actor, actor.Id, change, ct);
        if (changed.Count > 0) await events.Record(tx, actor, "user.updated", actor.Id, Audience.User(actor.Id), new { changed }, ct);
        var profile = await Own(tx, actor, ct);
        await tx.Commit(ct);
        return profile;
    }

    /// <summary>Writes what a profile says, and tells which fields that were.</summary>
    public async Task<List<string>> Describe(Tx tx, Actor actor, Guid user, ChangeProfile change, CancellationToken ct)
    {
        List<string> changed = [];
        if (change.Name.IsGiven) changed.Add("name");
        if (change.Bio.IsGiven) changed.Add("bio");
        if (change.Urls.IsGiven) changed.Add("urls");
        if (changed.Count == 0) return changed;
        await UserStore.Hold(tx, user, ct);
        var before = await Get(tx, actor, user.ToString(), ct);
        await UserStore.Describe(tx, user,
            change.Name.IsGiven ? AccountRules.DisplayName(change.Name.Value) : before.Name,
            change.Bio.IsGiven ? AccountRules.Bio(change.Bio.Value) : before.Bio,
            Wire.Element(change.Urls.IsGiven ? AccountRules.Links(change.Urls.Value) : before.Urls), ct);
        return changed;
    }

    /// <summary>Gives the caller a picture.</summary>
    public async Task<UserProfile> SetAvatar(Actor actor, Stream picture, CancellationToken ct)
    {
        AccountRules.MustBeWhole(actor);
        var bytes = await Whole(picture, ct);
        return await Pictured(actor, tx => SetAvatar(tx, actor.Id, bytes, ct), ct);
    }

    /// <summary>Takes the caller's picture away.</summary>
    public Task<UserProfile> RemoveAvatar(Actor actor, CancellationToken ct) => Pictured(actor, tx => UserStore.RemoveAvatar(tx, actor.Id, ct), ct);

    async Task<UserProfile> Pictured(Actor actor, Func<Tx, Task> change, CancellationToken ct)
    {
        AccountRules.MustBeWhole(actor);
        await using var tx = await db.Begin(ct);
        await change(tx);
        await events.Record(tx, actor, "user.updated", actor.Id, Audience.User(actor.Id), new { changed = AvatarOnly }, ct);
        await Actors.Changed(tx, actor.Id, ct);
        var profile = await Own(tx, actor, ct);
        await tx.Commit(ct);
        actors.Forget(actor.Id);
        return profile;
    }

    static readonly string[] AvatarOnly = ["avatar"];

    /// <summary>Keeps a picture of an account. Its address has a part of its checksum, so that a browser asks for it once.</summary>
    public static Task SetAvatar(Tx tx, Guid user, byte[] bytes, CancellationToken ct)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        return UserStore.SetAvatar(tx, user, AccountRules.MustBePicture(bytes), bytes, version, $"/avatars/{user}/{version}", ct);
    }

    /// <summary>All of a picture that somebody sends, or why not.</summary>
    public static async Task<byte[]> Whole(Stream picture, CancellationToken ct)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await picture.ReadAsync(buffer, ct)) > 0;)
        {
            if (kept.Length + read > MostBytes) throw new Refusal(413, "avatar_too_large", "A picture is at most 512 KiB.", "Make it smaller: 256 × 256 pixels are enough.");
            kept.Write(buffer, 0, read);
        }
        return kept.ToArray();
    }

    /// <summary>A picture, as its address names it.</summary>
    public async Task<Picture> Avatar(Guid user, string version, CancellationToken ct) =>
        await UserStore.Avatar(db, user, version, ct) ?? throw Refusal.NotFound("no_such_page", "There is no picture at this address.");

    /// <summary>Ends all web sessions of the caller. Keys are no sessions, and stay.</summary>
    public async Task<SessionsEnded> SignOutEverywhere(Actor actor, CancellationToken ct)
    {
        AccountRules.MustBeWhole(actor);
        await using var tx = await db.Begin(ct);
        await UserStore.EndSessions(tx, actor.Id, Guid.CreateVersion7().ToString("N"), ct);
        await events.Record(tx, actor, "user.sessions_ended", actor.Id, Audience.User(actor.Id), new { }, ct);
        await Actors.Changed(tx, actor.Id, ct);
        var ended = new SessionsEnded(clock.Now(), (await UserStore.Usage(tx, actor.Id, ct)).ApiKeys);
        await tx.Commit(ct);
        actors.Forget(actor.Id);
        return ended;
    }

    /// <summary>What the caller may have here, and has.</summary>
    public async Task<PlanInfo> PlanInfo(Actor actor, CancellationToken ct)
    {
        var used = await UserStore.Usage(db, actor.Id, ct);
        return new("free", new(), new Dictionary<string, PlanUsage>
        {
            ["assets"] = new(used.Assets, PlanLimits.NoLimit), ["datasets"] = new(used.Datasets, PlanLimits.NoLimit),
            ["agents"] = new(used.Agents, AccountRules.MostAgents), ["api_keys"] = new(used.ApiKeys, ApiKeyOperations.Most),
        });
    }
}
