namespace Ouro.Server.Mcp;

/// <summary>The request behind a call, for what has to know it: who calls, and under which id an accident is logged.</summary>
sealed class McpCall
{
    HttpContext? context;

    public HttpContext Context => context ?? throw new InvalidOperationException("There is no call outside of the MCP door.");

    public Actor Actor { get; private set; } = Actor.Nobody;

    public void Begin(HttpContext begun) => (context, Actor) = (begun, Actor.Of(begun));
}
