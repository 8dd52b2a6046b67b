using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>Agents, and the person who answers for each: made, described, given keys, switched off.</summary>
public sealed class AgentOperations(Db db, Clock clock, EventLog events, Actors actors, UserOperations users, ApiKeyOperations keys)
{
    /// <summary>The caller's agents, by name.</summary>
    public async Task<List<UserProfile>> List(Actor actor, CancellationToken ct)
    {
        AccountRules.MustBePerson(actor);
        return [.. (await UserStore.AgentsOf(db, actor.Id, ct)).Select(users.Addressed)];
    }

    /// <summary>One of the caller's agents.</summary>
    public Task<UserProfile> Get(Actor actor, Guid id, CancellationToken ct) => Owned(db, actor, id, ct);

    /// <summary>Makes an agent that the caller answers for.</summary>
    public async Task<UserProfile> Create(Actor actor, CreateAgent input, CancellationToken ct)
    {
        AccountRules.MustBePerson(actor);
        Contract.Present(input, "agent");
        var account = users.New(input.Username, null, ActorType.Agent) with { OwnerId = actor.Id };
        await using var tx = await db.Begin(ct);
        // Two at once must not pass the cap together.
        await UserStore.Hold(tx, actor.Id, ct);
        if ((await UserStore.AgentsOf(tx, actor.Id, ct)).Count >= AccountRules.MostAgents)
            throw Refusal.Conflict("too_many_agents", $"A person answers for at most {AccountRules.MostAgents} agents.");
        await users.Add(tx, actor, account, ct);
        await users.Describe(tx, actor, account.Id, input, ct);
        await events.Record(tx, actor, "agent.created", account.Id, Audience.User(actor.Id), new { account.Username }, ct);
        var agent = await Owned(tx, actor, account.Id, ct);
        await tx.Commit(ct);
        return agent;
    }

    /// <summary>Changes an agent's profile, or switches it off or on: off, its keys and sockets end with its next request.</summary>
    public async Task<UserProfile> Update(Actor actor, Guid id, ChangeAgent change, CancellationToken ct)
    {
        Contract.Present(change, "agent");
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '3s'", ct);
        await UserStore.Hold(tx, id, ct);
        var before = await Owned(tx, actor, id, ct);
        var changed = await users.Describe(tx, actor, id, change, ct);
        if (changed.Count > 0) await events.Record(tx, actor, "agent.updated", id, Audience.User(actor.Id), new { before.Username, changed }, ct);
        if (change.Enabled is { } on && on != before.DisabledAt is null)
        {
            await UserStore.Switch(tx, id, on ? null : clock.Now(), ct);
            await events.Record(tx, actor, "agent.switched", id, Audience.User(actor.Id), new { before.Username, on }, ct);
            await Actors.Changed(tx, id, ct);
        }
        var agent = await Owned(tx, actor, id, ct);
        await tx.Commit(ct);
        actors.Forget(id);
        return agent;
    }

    /// <summary>Gives an agent a picture.</summary>
    public async Task<UserProfile> SetAvatar(Actor actor, Guid id, Stream picture, CancellationToken ct)
    {
        await Owned(db, actor, id, ct);
        var bytes = await UserOperations.Whole(picture, ct);
        return await Pictured(actor, id, tx => UserOperations.SetAvatar(tx, id, bytes, ct), ct);
    }

    /// <summary>Takes an agent's picture away.</summary>
    public Task<UserProfile> RemoveAvatar(Actor actor, Guid id, CancellationToken ct) => Pictured(actor, id, tx => UserStore.RemoveAvatar(tx, id, ct), ct);

    async Task<UserProfile> Pictured(Actor actor, Guid id, Func<Tx, Task> change, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var before = await Owned(tx, actor, id, ct);
        await change(tx);
        await events.Record(tx, actor, "agent.updated", id, Audience.User(actor.Id), new { before.Username, changed = AvatarOnly }, ct);
        var agent = await Owned(tx, actor, id, ct);
        await tx.Commit(ct);
        return agent;
    }

    static readonly string[] AvatarOnly = ["avatar"];

    /// <summary>An agent's keys, newest first.</summary>
    public async Task<List<ApiKey>> Keys(Actor actor, Guid id, CancellationToken ct)
    {
        await Owned(db, actor, id, ct);
        return await ApiKeyStore.Of(db, id, null, ct);
    }

    /// <summary>Makes a key for an agent. It reaches what the agent may, and nothing of its owner's.</summary>
    public async Task<NewApiKey> CreateKey(Actor actor, Guid id, CreateApiKey input, CancellationToken ct)
    {
        Contract.Present(input, "key");
        await Owned(db, actor, id, ct);
        if (input.OrgId is { } org && org != Ids.Global && !(await UserStore.Facts(db, id, ct))!.Organizations.Contains(org))
            throw Refusal.Fields(("key.org_id", "A key can be bound only to an organization that the agent is a member of."));
        return await keys.Create(actor, id, input, ct);
    }

    /// <summary>Revokes an agent's key.</summary>
    public async Task<ApiKey> RevokeKey(Actor actor, Guid id, Guid keyId, CancellationToken ct)
    {
        await Owned(db, actor, id, ct);
        return await keys.Revoke(actor, id, keyId, ct);
    }

    async Task<UserProfile> Owned(Session session, Actor actor, Guid id, CancellationToken ct)
    {
        AccountRules.MustBePerson(actor);
        return await UserStore.Find(session, actor.Id, id.ToString(), ct) is { } agent && agent.Owner?.UserId == actor.Id
            ? users.Addressed(agent)
            : throw Refusal.NotFound("agent_not_found", "You answer for no such agent.");
    }
}
