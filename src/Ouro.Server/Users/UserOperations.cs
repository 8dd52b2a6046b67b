using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>An account that is about to be.</summary>
public sealed record NewAccount(
    Guid Id, string Username, string? Email, ActorType ActorType, bool IsOperator, string SecurityStamp, DateTimeOffset CreatedAt,
    string? Name = null, string? PasswordHash = null, Guid? OwnerId = null)
{
    /// <summary>Without the hash, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(NewAccount)} {{ {Username} }}";
}

/// <summary>What anybody may ask about accounts, and what one does with one's own.</summary>
public sealed partial class UserOperations(Db db, Clock clock, EventLog events, Actors actors, WebAddress web)
{
    /// <summary>The caller as the clients' start-up reads it.</summary>
    public static Identity Current(Actor actor) => new(actor.Id, actor.Id, actor.Username, actor.Email, actor.Kind);

    /// <summary>The caller's own profile.</summary>
    public Task<UserProfile> Profile(Actor actor, CancellationToken ct) => Own(db, actor, ct);

    /// <summary>Somebody's profile, by username or id.</summary>
    public Task<UserProfile> Get(Actor actor, string nameOrId, CancellationToken ct) => Get(db, actor, nameOrId, ct);

    /// <summary>Accounts whose username or name holds <paramref name="query"/>, exact matches first.</summary>
    public async Task<Page<UserProfile>> Search(Actor actor, string? query, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        var found = await UserStore.Matching(db, actor.Id, Contract.Clean(query?.Trim() ?? "", "query"), size + 1, skip, ct);
        return new([.. found.Take(size).Select(Addressed)], new(skip, size, found.Count > size));
    }

    /// <summary>Makes an account, as the operator at the machine may.</summary>
    public async Task<NewAccount> Create(string username, ActorType kind, string? email, bool isOperator, CancellationToken ct)
    {
        var account = New(username, email is null ? null : AccountRules.MustBeEmail(email), kind) with { IsOperator = isOperator };
        await using var tx = await db.Begin(ct);
        await Add(tx, Actor.Nobody, account, ct);
        await tx.Commit(ct);
        return account;
    }

    /// <summary>An account as it begins, before anybody sees it.</summary>
    public NewAccount New(string? username, string? email, ActorType kind) =>
        new(Guid.CreateVersion7(), AccountRules.MustBeUsername(username), email, kind, false, Guid.CreateVersion7().ToString("N"), clock.Now());

    /// <summary>Adds an account in the transaction of what makes it.</summary>
    public async Task Add(Tx tx, Actor actor, NewAccount account, CancellationToken ct)
    {
        await UserStore.HoldName(tx, account.Username, ct);
        if (!await UserStore.Add(tx, account, ct))
            throw Refusal.Conflict("username_taken", $"There is already an account or an organization called “{account.Username}”, or an account with this e-mail address.");
        await events.Record(tx, actor, "user.created", account.Id, Audience.Operators, new { account.Username, account.ActorType }, ct);
    }

    async Task<UserProfile> Own(Session session, Actor actor, CancellationToken ct) =>
        await Get(session, actor, actor.Id.ToString(), ct) with { Email = actor.Email, PendingEmail = await LinkStore.PendingEmail(session, actor.Id, clock.Now(), ct) };

    async Task<UserProfile> Get(Session session, Actor actor, string nameOrId, CancellationToken ct) =>
        await UserStore.Find(session, actor.Id, nameOrId, ct) is { } profile
            ? Addressed(profile)
            : throw Refusal.NotFound("user_not_found", $"There is no account “{nameOrId}”.");

    /// <summary>With the address of its page.</summary>
    public UserProfile Addressed(UserProfile profile) => profile with { Url = web.Of("/users/" + profile.Username) };
}
