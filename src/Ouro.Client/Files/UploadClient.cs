namespace Ouro;

/// <summary>Bytes on their way in, and those that arrived and are no files yet. A part of <see cref="OuroClient"/>.</summary>
public sealed partial class UploadClient
{
    readonly Transport transport;

    internal UploadClient(Transport transport) => this.transport = transport;

    /// <summary>An address that takes the bytes of a file without a credential, for whoever has them.</summary>
    /// <param name="file">What the file is called.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<UploadUrl> CreateUrlAsync(CreateUploadUrl file, CancellationToken cancellationToken = default) =>
        transport.Data<UploadUrl>(Call.Post("files/upload-url", file), cancellationToken);

    /// <summary>What an upload became once its bytes are here, or a link to them.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The caller has no such upload, or its bytes are not here (404).</exception>
    public Task<CompletedUpload> CompleteAsync(NamedUpload upload, CancellationToken cancellationToken = default) =>
        transport.Data<CompletedUpload>(Call.Post("files/upload/complete", upload), cancellationToken);

    /// <summary>Throws an upload away that is no file yet.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been thrown away.</param>
    /// <returns>Whether there was one.</returns>
    public Task<DiscardedUpload> DiscardAsync(NamedUpload upload, CancellationToken cancellationToken = default) =>
        transport.Data<DiscardedUpload>(Call.Delete("files/upload", upload), cancellationToken);

    /// <summary>The caller's uploads that are no files yet, newest first, read page by page.</summary>
    /// <param name="fingerprint">Only those that began with this fingerprint; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<Upload> ListAsync(string? fingerprint = null, CancellationToken cancellationToken = default) =>
        Paging.All(async (_, after, ct) => (await transport.Send<IReadOnlyList<Upload>>(
            Call.Get("files/uploads", ("limit", 100), ("after", after), ("fingerprint", fingerprint)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>How far an upload is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The caller has no such upload (404, <c>upload_not_found</c>).</exception>
    public Task<Upload> GetAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<Upload>(Call.Get($"files/uploads/{id}"), cancellationToken);
}
