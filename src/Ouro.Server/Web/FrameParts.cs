namespace Ouro.Server.Web;

// What a room adds to the frame around every page. The room registers it, so that the frame names no room.

/// <summary>A place in the sidebar, and what stands below it there: a component that fetches what it shows.</summary>
public sealed record FramePlace(string Path, string Name, string Icon, Type? Below = null);

/// <summary>Something that can be made, in the menu for that; where it goes into teams, its page takes one as <c>?team=</c>.</summary>
public sealed record FrameCreation(string Path, string Name, string About, string Icon, bool InTeams = false);

/// <summary>A menu in the top bar of who has signed in: at the left what one works in, at the right who one is.</summary>
public sealed record FrameMenu(Type Component, bool AtTheRight = false);
