using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ouro.Server.Kernel;

/// <summary>The address that people and clients reach this server at; every url that is handed out begins with it.</summary>
public sealed class WebAddress(Settings settings, IServer server)
{
    string? address;

    public string Root => address ??= settings.PublicUrl?.TrimEnd('/') ?? Bound();

    public string Of(string path) => Root + path;

    // What the server really listens on, because port 0 means any.
    string Bound()
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var port = bound is null ? settings.Port : new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal)).Port;
        return $"http://localhost:{port}";
    }
}
