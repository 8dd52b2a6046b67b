namespace Ouro;

/// <summary>Files. A part of <see cref="OuroClient"/>.</summary>
public sealed partial class FileClient
{
    readonly Transport transport;
    readonly UploadClient uploads;

    internal FileClient(Transport transport, UploadClient uploads) => (this.transport, this.uploads) = (transport, uploads);

    /// <summary>Makes a file of bytes that were uploaded, or with the state <c>in-progress</c> announces one whose bytes come later.</summary>
    /// <param name="file">The upload, and what to call it and where to put it.</param>
    /// <param name="cancellationToken">Gives up; the file may have been made.</param>
    /// <exception cref="OuroException">The caller has no such upload (404, <c>upload_not_found</c>); its bytes are not all here (409, <c>upload_incomplete</c>).</exception>
    public Task<Asset> CreateAsync(CreateFile file, CancellationToken cancellationToken = default) =>
        transport.Data<Asset>(Call.Post("files/create", new CreateFileBody(file)), cancellationToken);

    /// <summary>Makes a file of a stream, in one request that cannot be resumed; for what is small. Large files go with <c>UploadAsync</c>.</summary>
    /// <param name="file">Its bytes; sent from where the stream stands, which stays the caller's.</param>
    /// <param name="fileName">What the file is called, with its extension.</param>
    /// <param name="about">What to call the asset and where to put it.</param>
    /// <param name="cancellationToken">Gives up; nothing is kept of a file that did not arrive whole.</param>
    /// <exception cref="OuroException">It is larger than the server takes, or than there is room for (413).</exception>
    public Task<Asset> CreateFromFileAsync(Stream file, string fileName, CreateFile? about = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var start = file.CanSeek ? file.Position : 0;
        return transport.Data<Asset>(new Call(HttpMethod.Post, "files/create/from-file" + Call.Query(("file_name", fileName), ("name", about?.Name),
            ("visibility", about?.Visibility), ("org_id", about?.OrgId), ("team_id", about?.TeamId), ("description", about?.Description?.Text)))
        {
            Content = () => new FileBody(file, start, null, null), Repeatable = file.CanSeek, Large = true,
        }, cancellationToken);
    }

    /// <summary>One file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, is no file, or is not the caller's to see (404).</exception>
    public Task<Asset> GetAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<Asset>(Call.Get($"files/{id}"), cancellationToken);

    /// <summary>Changes what a file says of itself, and with an upload also its bytes. What is not given stays.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">It is not there (404); the caller may not change it (403).</exception>
    public Task<Asset> UpdateAsync(Guid id, UpdateFile change, CancellationToken cancellationToken = default) =>
        transport.Data<Asset>(Call.Put($"files/{id}", new UpdateFileBody(change)), cancellationToken);

    /// <summary>Gives a file other bytes, of at most some megabytes: they travel as text. Larger ones are uploaded, and named in <see cref="UpdateAsync"/>.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="fileName">What they are called, with an extension.</param>
    /// <param name="change">What else becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; they may have been replaced.</param>
    /// <exception cref="OuroException">It is not there (404); the caller may not change it (403).</exception>
    public Task<Asset> ReplaceAsync(Guid id, ReadOnlyMemory<byte> bytes, string fileName, UpdateFile? change = null, CancellationToken cancellationToken = default) =>
        transport.Data<Asset>(Call.Put($"files/{id}/content", new UploadBody { FileName = fileName, FileBase64 = Convert.ToBase64String(bytes.Span), File = change }), cancellationToken);

    /// <summary>Uploads bytes of at most some megabytes, which travel as text; with <see cref="CreateAsync"/> they become a file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="fileName">What they are called, with an extension.</param>
    /// <param name="visibility">Who will see the file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OuroException">They are larger than the server takes, or than there is room for (413).</exception>
    public Task<UploadedFile> UploadAsync(ReadOnlyMemory<byte> bytes, string fileName, Visibility? visibility = null, CancellationToken cancellationToken = default) =>
        transport.Data<UploadedFile>(Call.Post("files/upload", new
        {
            FileName = fileName, FileBase64 = Convert.ToBase64String(bytes.Span), Visibility = visibility,
        }), cancellationToken);

    /// <summary>What the server found out about an upload or a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404).</exception>
    public Task<FileMetadata> MetadataAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<FileMetadata>(Call.Get($"files/{id}/metadata"), cancellationToken);

    /// <summary>Where the bytes of a file are, by an address that needs no credential: for a public file always the same, for another for an hour.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there (404); it is sold and not unlocked (403); its bytes are still awaited (409, <c>file_in_progress</c>).</exception>
    public Task<FileData> DataAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<FileData>(Call.Get($"files/{id}/data"), cancellationToken);

    /// <summary>Writes the bytes of a file into a stream.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="destination">Where they go; it stays the caller's.</param>
    /// <param name="cancellationToken">Stops in the middle; what was written is a part.</param>
    /// <returns>Its name, media type and size.</returns>
    /// <exception cref="OuroException">It is not there (404); it is sold and not unlocked (403); the connection broke (0, <c>connection_failed</c>).</exception>
    public Task<DownloadedAsset> ContentAsync(Guid id, Stream destination, CancellationToken cancellationToken = default) =>
        transport.Download(Call.Get($"files/{id}/content"), id, destination, cancellationToken);

    /// <summary>How much room the caller's files take.</summary>
    /// <param name="organization">An organization instead, which the caller is a member of.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The caller is no member of the organization (404).</exception>
    public Task<StorageUsage> UsageAsync(Guid? organization = null, CancellationToken cancellationToken = default) =>
        transport.Data<StorageUsage>(Call.Get("files/usage", ("org_id", organization)), cancellationToken);

    /// <summary>Who has which role on a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, is no file, or is not the caller's to see (404).</exception>
    public Task<IReadOnlyList<Permission>> PermissionsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<Permission>>(Call.Get($"files/{id}/permissions"), cancellationToken);

    /// <summary>Deletes a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="deleteChildren">Whether what belongs to it goes with it.</param>
    /// <param name="dryRun">Whether only to tell what would go.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been deleted.</param>
    /// <exception cref="OuroException">It is not there, is no file, or is not the caller's to see (404); or the caller is no admin of it (403).</exception>
    public Task<DeleteResult> DeleteAsync(Guid id, bool deleteChildren = false, bool dryRun = false, CancellationToken cancellationToken = default) =>
        transport.Data<DeleteResult>(AssetClient.Deletion("files", id, deleteChildren, dryRun), cancellationToken);
}
