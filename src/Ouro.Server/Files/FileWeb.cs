namespace Ouro.Server.Files;

/// <summary>What of the web door of files is no page.</summary>
public static class FileWeb
{
    public static void MapFileWeb(this RouteGroupBuilder web)
    {
        var files = web.MapGroup("/web/files");
        files.MapTus();
        files.MapTusHead();
    }
}
