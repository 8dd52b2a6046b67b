namespace Ouro.Server.Mcp;

/// <summary>What an argument that is read by hand may be in JSON: its type in C# does not say it, and models and clients need it said.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
sealed class ArgumentShapeAttribute(params string[] types) : Attribute
{
    public IReadOnlyList<string> Types { get; } = types;
}
