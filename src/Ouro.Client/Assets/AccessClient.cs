namespace Ouro;

/// <summary>Why somebody may or may not. A part of <see cref="OuroClient"/>.</summary>
public sealed class AccessClient
{
    readonly Transport transport;

    internal AccessClient(Transport transport) => this.transport = transport;

    /// <summary>What an account may do with an asset, and which rule decides.</summary>
    /// <param name="userId">The account: the caller's own, or anybody's where the caller manages the asset.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">
    /// The asset is not there, or not the caller's to see (404, <c>asset_not_found</c>); there is no such account (404, <c>user_not_found</c>); or it is
    /// somebody else's and the caller does not manage the asset (403, <c>explain_forbidden</c>).
    /// </exception>
    public Task<AccessExplanation> ExplainAsync(Guid userId, Guid assetId, CancellationToken cancellationToken = default) =>
        transport.Data<AccessExplanation>(Call.Get("access/explain", ("user_id", userId), ("asset_id", assetId)), cancellationToken);
}
