namespace Ouro.Server.Files;

/// <summary>
/// Something that a room above offers to do with a file on its page. The component takes a parameter <c>Asset</c>. The room registers it, so that the
/// page names no room.
/// </summary>
public sealed record FileAction(Type Component, Func<Asset, bool> Fits);
