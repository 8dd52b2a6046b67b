using System.Text.Json;
using ModelContextProtocol.Server;
using Ouro.Server.Assets;
using Ouro.Server.Mcp;

namespace Ouro.Server.Datasets;

/// <summary>Datasets as resources of MCP: what a client may show or attach without a call.</summary>
public static partial class DatasetTools
{
    /// <summary>A dataset: what it is, its columns, its size and its first 5 rows.</summary>
    /// <param name="id">The dataset's id.</param>
    [McpServerResource(UriTemplate = "ouro://datasets/{id}", Name = "dataset", Title = "A dataset", MimeType = ResourceAnswers.Json)]
    public static async partial Task<string> Dataset(AssetOperations assets, Actor actor, Guid id, CancellationToken ct)
    {
        await assets.Get(actor, id, AssetType.Dataset, ct);
        var (asset, counts, details) = await assets.Open(actor, id, full: true, ct);
        return ResourceAnswers.Of(new OpenedAsset(asset, counts, details));
    }

    /// <summary>The columns of a dataset, with what its references name and what its closed sets hold.</summary>
    /// <param name="id">The dataset's id.</param>
    [McpServerResource(UriTemplate = "ouro://datasets/{id}/schema", Name = "dataset_schema", Title = "The columns of a dataset", MimeType = ResourceAnswers.Json)]
    public static async partial Task<string> DatasetSchema(AssetOperations assets, DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct)
    {
        var asset = await assets.Get(actor, id, AssetType.Dataset, ct);
        return ResourceAnswers.Of(new { DatasetId = id, Schema = await datasets.Schema(actor, id, ct), Refs = Part(asset, "refs"), EnumColumns = Part(asset, "enum_columns") });
    }

    static JsonElement Part(Asset dataset, string name) => dataset.Metadata is { } about && about.TryGetProperty(name, out var part) ? part : JsonElement.Parse("{}");
}
