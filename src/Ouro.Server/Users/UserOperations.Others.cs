using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>What one does to other accounts: following, vouching.</summary>
public sealed partial class UserOperations
{
    /// <summary>Follows an account, or no longer follows it.</summary>
    public async Task<FollowState> Follow(Actor actor, string nameOrId, CancellationToken ct)
    {
        var other = await Get(actor, nameOrId, ct);
        if (other.IsSelf) throw Refusal.Invalid("cannot_follow_yourself", "Nobody follows themselves.");
        await using var tx = await db.Begin(ct);
        var following = !await FollowStore.Remove(tx, actor.Id, other.UserId, ct);
        if (following)
        {
            await FollowStore.Add(tx, actor.Id, other.UserId, Guid.CreateVersion7(), clock.Now(), ct);
            await events.Record(tx, actor, "user.followed", other.UserId, Audience.User(other.UserId), new { actor.Username }, ct);
        }
        else await events.Record(tx, actor, "user.unfollowed", other.UserId, Audience.User(actor.Id), new { other.Username }, ct);
        var followers = await FollowStore.Followers(tx, other.UserId, ct);
        await tx.Commit(ct);
        return new(following, followers);
    }

    /// <summary>Whom an account follows, newest first.</summary>
    public async Task<Page<Follow>> Follows(Actor actor, string nameOrId, int? limit, string? after, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, 0);
        return Paged(await FollowStore.Of(db, (await Get(actor, nameOrId, ct)).UserId, Cursor.Parse(after), size + 1, ct), size);
    }

    /// <summary>Who follows an account, newest first.</summary>
    public async Task<Page<Follow>> Followers(Actor actor, string nameOrId, int? limit, string? after, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, 0);
        return Paged(await FollowStore.To(db, (await Get(actor, nameOrId, ct)).UserId, Cursor.Parse(after), size + 1, ct), size);
    }

    static Page<Follow> Paged(List<Follow> found, int size)
    {
        var page = found.Take(size).ToList();
        return new(page, new(0, size, found.Count > size, After: found.Count > size ? new Cursor(page[^1].AddedAt, page[^1].Id).ToString() : null));
    }

    /// <summary>Vouches for a person. Who is verified already stays so, by whom they were.</summary>
    public async Task<UserProfile> Verify(Actor actor, string nameOrId, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var person = await Held(tx, actor, nameOrId, ct);
        var organizations = (await UserStore.Facts(tx, person.UserId, ct))!.Organizations;
        AccountRules.MustVouch(actor, person, organizations);
        if (person.ActorType == ActorType.Verified) return person;
        await UserStore.Verify(tx, person.UserId, actor.Id, clock.Now(), ct);
        // Where an organization's admin vouched, it is theirs to find in its record.
        var org = actor.IsOperator ? (Guid?)null : organizations.First(actor.Administers);
        await events.Record(tx, actor, "user.verified", person.UserId, Audience.User(person.UserId), new { person.Username, by = actor.Username }, ct, org);
        return await Changed(tx, actor, person.UserId, ct);
    }

    /// <summary>Takes a verification back.</summary>
    public async Task<UserProfile> Unverify(Actor actor, string nameOrId, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var person = await Held(tx, actor, nameOrId, ct);
        AccountRules.MustTakeBack(actor, person);
        if (person.ActorType != ActorType.Verified) return person;
        await UserStore.Unverify(tx, person.UserId, ct);
        await events.Record(tx, actor, "user.unverified", person.UserId, Audience.User(person.UserId), new { person.Username, by = actor.Username }, ct);
        return await Changed(tx, actor, person.UserId, ct);
    }

    /// <summary>Whether the caller may vouch for somebody now, for a page that offers it.</summary>
    public async Task<bool> MayVouch(Actor actor, UserProfile person, CancellationToken ct)
    {
        if (!actor.IsSignedIn || person.ActorType != ActorType.Base || !actor.IsOperator && actor.AdminOf.Length == 0) return false;
        try
        {
            AccountRules.MustVouch(actor, person, (await UserStore.Facts(db, person.UserId, ct))!.Organizations);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    async Task<UserProfile> Held(Tx tx, Actor actor, string nameOrId, CancellationToken ct)
    {
        var person = await Get(tx, actor, nameOrId, ct);
        await UserStore.Hold(tx, person.UserId, ct);
        return await Get(tx, actor, nameOrId, ct);
    }

    async Task<UserProfile> Changed(Tx tx, Actor actor, Guid user, CancellationToken ct)
    {
        await Actors.Changed(tx, user, ct);
        var profile = await Get(tx, actor, user.ToString(), ct);
        await tx.Commit(ct);
        actors.Forget(user);
        return profile;
    }
}
