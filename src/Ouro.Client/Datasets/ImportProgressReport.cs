namespace Ouro;

/// <summary>How far a file is on its way into a dataset.</summary>
/// <param name="Stage"><c>uploading</c> while it is sent; then the server's: <c>waiting</c>, <c>loading</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="BytesDone">Bytes sent or read so far in this stage.</param>
/// <param name="BytesTotal">The file's size in bytes; null where the stream does not tell.</param>
/// <param name="RowsDone">Rows loaded so far.</param>
/// <param name="ImportId">The import, to look it up or to stop it; null until the file is sent.</param>
public sealed record ImportProgressReport(string Stage, long BytesDone, long? BytesTotal, long RowsDone = 0, Guid? ImportId = null);
