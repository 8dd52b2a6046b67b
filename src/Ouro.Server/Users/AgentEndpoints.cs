namespace Ouro.Server.Users;

/// <summary>The REST door of agents, and of invitations to the server.</summary>
public static class AgentEndpoints
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        api.MapGet("/user/agents", List).WithName("agents.list");
        api.MapPost("/user/agents", Create).WithName("agents.create");
        api.MapPut("/user/agents/{id}", Update).WithName("agents.update");
        api.MapPut("/user/agents/{id}/avatar", SetAvatar).WithName("agents.set_avatar");
        api.MapDelete("/user/agents/{id}/avatar", RemoveAvatar).WithName("agents.remove_avatar");
        api.MapGet("/user/agents/{id}/keys", Keys).WithName("agents.keys");
        api.MapPost("/user/agents/{id}/keys", CreateKey).WithName("agents.create_key");
        api.MapDelete("/user/agents/{id}/keys/{keyId}", RevokeKey).WithName("agents.revoke_key");
        api.MapGet("/operator/invitations", Invitations).WithName("server_invitations.list");
        api.MapPost("/operator/invitations", Invite).WithName("server_invitations.create");
        api.MapDelete("/operator/invitations/{id}", Withdraw).WithName("server_invitations.withdraw");
    }

    /// <summary>The agents that the caller answers for</summary>
    public static Task<Envelope<List<UserProfile>>> List(AgentOperations agents, Actor actor, CancellationToken ct) => agents.List(actor, ct).Enveloped();

    /// <summary>Make an agent</summary>
    public static Task<Envelope<UserProfile>> Create(AgentOperations agents, Actor actor, CreateAgentBody body, CancellationToken ct) =>
        agents.Create(actor, body.Agent, ct).Enveloped();

    /// <summary>Change an agent's profile, or switch it off or on</summary>
    public static Task<Envelope<UserProfile>> Update(AgentOperations agents, Actor actor, Guid id, ChangeAgentBody body, CancellationToken ct) =>
        agents.Update(actor, id, body.Agent, ct).Enveloped();

    /// <summary>Give an agent a picture: the bytes of a PNG, JPEG, WebP or GIF file, at most 512 KiB</summary>
    public static Task<Envelope<UserProfile>> SetAvatar(AgentOperations agents, Actor actor, Guid id, Stream body, CancellationToken ct) =>
        agents.SetAvatar(actor, id, body, ct).Enveloped();

    /// <summary>Take an agent's picture away</summary>
    public static Task<Envelope<UserProfile>> RemoveAvatar(AgentOperations agents, Actor actor, Guid id, CancellationToken ct) =>
        agents.RemoveAvatar(actor, id, ct).Enveloped();

    /// <summary>An agent's API keys</summary>
    public static Task<Envelope<List<ApiKey>>> Keys(AgentOperations agents, Actor actor, Guid id, CancellationToken ct) => agents.Keys(actor, id, ct).Enveloped();

    /// <summary>Make an API key for an agent; its secret is in this answer only</summary>
    public static Task<Envelope<NewApiKey>> CreateKey(AgentOperations agents, Actor actor, Guid id, CreateApiKeyBody body, CancellationToken ct) =>
        agents.CreateKey(actor, id, body.Key, ct).Enveloped();

    /// <summary>Revoke an agent's API key</summary>
    public static Task<Envelope<ApiKey>> RevokeKey(AgentOperations agents, Actor actor, Guid id, Guid keyId, CancellationToken ct) =>
        agents.RevokeKey(actor, id, keyId, ct).Enveloped();

    /// <summary>The invitations to this server that nobody used yet; for operators</summary>
    public static Task<Envelope<List<ServerInvitation>>> Invitations(ServerInvitationOperations invitations, Actor actor, CancellationToken ct) =>
        invitations.List(actor, ct).Enveloped();

    /// <summary>Make a link that admits one person to this server; for operators</summary>
    public static Task<Envelope<ServerInvitation>> Invite(ServerInvitationOperations invitations, Actor actor, CreateServerInvitationBody body, CancellationToken ct) =>
        invitations.Create(actor, body.Invitation, ct).Enveloped();

    /// <summary>Withdraw an invitation; for operators</summary>
    public static Task<Envelope<ServerInvitation>> Withdraw(ServerInvitationOperations invitations, Actor actor, Guid id, CancellationToken ct) =>
        invitations.Withdraw(actor, id, ct).Enveloped();
}
