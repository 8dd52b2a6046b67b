namespace Ouro;

/// <summary>Ids that mean the same everywhere.</summary>
public static class Ids
{
    /// <summary>The global organization, which is everybody's personal context, and its "All" team.</summary>
    public static readonly Guid Global = Guid.Empty;
}
