using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>
/// What differs by asset type, registered by the room that knows it, so that this room never names one above it.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="Remove">Takes away what the asset has besides its row, in the transaction that deletes the row.</param>
/// <param name="Details">What a full reading shows besides the shared row, as a JSON object: a dataset's columns and first rows.</param>
/// <param name="Shape">What of it follows from the rest and is not kept: the bucket of a file, from who may see it.</param>
/// <param name="Picture">Where its small picture is in a list; null where it has none.</param>
/// <param name="Moved">Refuses, in the transaction that moves it to another organization, what has no room there.</param>
/// <param name="Download">Its content as bytes, in a format that may be asked for (null: the type's own). Refuses formats it does not know.</param>
/// <param name="Contents">What is in it, in words, for who is about to delete it: a dataset's table and its size.</param>
public sealed record AssetKind(
    AssetType Type, Func<Tx, Guid, CancellationToken, Task> Remove, Func<Actor, Guid, CancellationToken, Task<JsonElement>>? Details = null,
    Func<Actor, Guid, CancellationToken, Task<string>>? Contents = null, Func<Actor, Guid, string?, CancellationToken, Task<Download>>? Download = null,
    Func<Asset, Asset>? Shape = null, Func<Asset, string?>? Picture = null, Func<Tx, Asset, CancellationToken, Task>? Moved = null);

/// <summary>The content of an asset, ready to be sent.</summary>
/// <param name="FileName">What to call it, with its ending.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Write">Streams it; holds no more than a buffer of it at a time.</param>
/// <param name="Length">Its bytes, where they are known before they are written.</param>
public sealed record Download(string FileName, string ContentType, Func<Stream, CancellationToken, Task> Write, long? Length = null);
