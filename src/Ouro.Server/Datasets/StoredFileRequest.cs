using System.Text.Json;

namespace Ouro.Server.Datasets;

/// <summary>
/// The request for a dataset of a file that is here already: <c>{"dataset": {…, "metadata": {"id": …}}}</c>. It comes by the same call as files of
/// rows, and is small JSON as some of them are.
/// </summary>
sealed record StoredFileRequest(Guid Id, CreateDataset Dataset)
{
    const int Largest = 256 << 10;

    /// <summary>As much of a body as such a request can have; nothing of one that cannot be any.</summary>
    public static async Task<ReadOnlyMemory<byte>> Start(ImportFile file, Stream body, long? length, CancellationToken ct)
    {
        if (file.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true || length > Largest) return default;
        var start = new byte[(length ?? Largest) + 1];
        return start.AsMemory(0, await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct));
    }

    /// <summary>The request that a body is; null where it is rows.</summary>
    public static StoredFileRequest? Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length is 0 or > Largest) return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("dataset", out var dataset) || dataset.ValueKind != JsonValueKind.Object
                || !dataset.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object) return null;
            return metadata.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var named)
                ? new(named, dataset.Deserialize<CreateDataset>(OuroJson.Options)!)
                : throw Refusal.Fields(("dataset.metadata.id", "metadata.id is the id of a file or of an upload of yours."));
        }
        catch (JsonException)
        {
            // Lines of JSON are rows, and what is wrong with others is told when they are read.
            return null;
        }
    }

    /// <summary>What it says of the dataset, beside what the address says.</summary>
    public ImportFile About(ImportFile address) => address with
    {
        Name = Dataset.Name ?? address.Name, Visibility = Dataset.Visibility ?? address.Visibility, OrgId = Dataset.OrgId ?? address.OrgId,
        TeamId = Dataset.TeamId ?? address.TeamId, Description = Dataset.Description?.Text ?? address.Description,
    };
}
