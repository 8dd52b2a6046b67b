namespace Ouro.Server.Organizations;

/// <summary>The REST door of organizations.</summary>
public static class OrganizationEndpoints
{
    public static void MapOrganizations(this RouteGroupBuilder api)
    {
        api.MapGet("/organizations/user", List).WithName("organizations.list");
        api.MapGet("/organizations/context", Context).WithName("organizations.context");
        api.MapGet("/organizations/{id}", Get).WithName("organizations.get");
    }

    /// <summary>The caller's organizations</summary>
    public static Task<Envelope<IReadOnlyList<Organization>>> List(OrganizationOperations organizations, Actor actor, CancellationToken ct) =>
        organizations.List(actor, ct).Enveloped();

    /// <summary>The organization that the request runs in</summary>
    public static Task<Envelope<Organization>> Context(OrganizationOperations organizations, Actor actor, CancellationToken ct) =>
        organizations.Context(actor, ct).Enveloped();

    /// <summary>One organization</summary>
    public static Task<Envelope<Organization>> Get(OrganizationOperations organizations, Actor actor, Guid id, CancellationToken ct) =>
        organizations.Get(actor, id, ct).Enveloped();
}
