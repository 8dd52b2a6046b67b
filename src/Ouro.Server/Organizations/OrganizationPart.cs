namespace Ouro.Server.Organizations;

/// <summary>
/// What a room above adds to the page of an organization: its teams, its work. The component takes a parameter <c>Organization</c>. The room registers
/// it, so that the page names no room.
/// </summary>
public sealed record OrganizationPart(Type Component);
