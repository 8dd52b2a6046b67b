using Ouro.Server.Data;

namespace Ouro.Server.Teams;

/// <summary>What teams hold, registered by the room that knows it, so that this room never names one above it.</summary>
/// <param name="Count">How much of it the actor may see, by kind.</param>
/// <param name="CountPublic">How much of it is public or sold.</param>
/// <param name="Unpublish">Makes what is public or sold visible to the organization only, in the transaction that makes the team internal.</param>
/// <param name="Move">
/// Moves all of it to another team of the organization, or only what these accounts made; what is public or sold becomes visible to the organization where
/// the other is internal. Tells how much moved.
/// </param>
public sealed record TeamContents(
    Func<Actor, Guid, CancellationToken, Task<Dictionary<string, long>>> Count, Func<Tx, Guid, CancellationToken, Task<long>> CountPublic,
    Func<Tx, Guid, CancellationToken, Task> Unpublish, Func<Tx, Guid, (Guid Team, Visibility Visibility), Guid[]?, CancellationToken, Task<long>> Move);
