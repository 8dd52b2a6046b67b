using System.Globalization;

namespace Ouro.Server.Datasets;

/// <summary>A page of rows as somebody looks at it.</summary>
/// <param name="Page">The rows.</param>
/// <param name="Numbers">The number of each row in the order of ingestion; none where that is the order.</param>
/// <param name="Filters">What they meet.</param>
/// <param name="Matching">How many rows do, counted as far as <see cref="DatasetOperations.MostCounted"/>.</param>
public sealed record BrowsedRows(RowPage Page, IReadOnlyList<long> Numbers, IReadOnlyList<RowFilter> Filters, long Matching);

/// <summary>Looking at a dataset: its head, its rows sorted and filtered, what its columns hold, what happened to it.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>Matching rows are counted up to this many.</summary>
    public const int MostCounted = 100_000;

    const int MostEvents = 50;
    static readonly TimeSpan PageTime = TimeSpan.FromSeconds(5);

    readonly Summaries summaries = new();

    /// <summary>What the head of the page says, besides the asset; a look is counted.</summary>
    public async Task<DatasetHead> Head(Actor actor, Guid id, bool isLook, CancellationToken ct) =>
        await BrowseStore.Head(db, actor, id, clock.Now(), isLook, ct) ?? throw Refusal.NoAsset(id);

    /// <summary>A page of rows, in the order of ingestion or sorted by a column, all or those that meet conditions.</summary>
    public async Task<RowPage> Rows(Actor actor, Guid id, RowSelection selection, CancellationToken ct) =>
        IsPlain(selection)
            ? await Rows(actor, id, selection.Limit, selection.Offset, ct, selection.ResolveRefs)
            : (await OnTable(actor, id, table => Select(actor, table, selection, ct), ct)).Page;

    /// <summary>The same with what a page for people says besides: the rows' numbers, and how many there are.</summary>
    public async Task<BrowsedRows> Browse(Actor actor, Guid id, RowSelection selection, CancellationToken ct) =>
        IsPlain(selection)
            ? new(await Rows(actor, id, selection.Limit, selection.Offset, ct, selection.ResolveRefs), [], [], 0)
            : await OnTable(actor, id, async table =>
            {
                var rows = await Select(actor, table, selection, ct);
                return rows is null || rows.Filters.Count == 0 ? rows : rows with { Matching = await Matching(actor, table, rows.Filters, ct) };
            }, ct);

    /// <summary>What the columns hold. It is worked out once for each version of the rows, of a large table from a sample.</summary>
    public async Task<DatasetSummary> Summary(Actor actor, Guid id, CancellationToken ct)
    {
        var asset = await assets.Get(actor, id, AssetType.Dataset, ct);
        await assets.MustOpen(actor, id, ct);
        return await Summarized(actor, asset).WaitAsync(ct);
    }

    /// <summary>The same where it is known already or soon; else it goes on, and is there when it is asked for again.</summary>
    public async Task<DatasetSummary?> SummaryBy(Actor actor, Asset asset, DatasetHead head, TimeSpan patience, CancellationToken ct)
    {
        if (!head.MayOpen) return null;
        var summary = Summarized(actor, asset);
        await Task.WhenAny(summary, Task.Delay(patience, ct));
        return summary.IsCompletedSuccessfully ? await summary : null;
    }

    /// <summary>What happened to a dataset, newest first.</summary>
    public async Task<IReadOnlyList<DatasetEvent>> History(Actor actor, Guid id, CancellationToken ct) =>
        await BrowseStore.History(db, actor, id, MostEvents, ct);

    // Whoever asks next may be waiting for it too: it is not stopped with the request that began it.
    Task<DatasetSummary> Summarized(Actor actor, Asset asset) => summaries.Of(asset.Id, asset.LastUpdated, () =>
        OnTableNow<DatasetSummary>(actor, asset.Id, async table => await Summaries.Read(db, table, CancellationToken.None), CancellationToken.None));

    async Task<BrowsedRows?> Select(Actor actor, StoredTable table, RowSelection selection, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(selection.Limit, selection.Offset, 100, MostRowsOfAPage);
        if (skip > 0) throw Refusal.Fields(("offset", "offset goes with neither sort, filters nor after. Go on with the cursor: pagination.after, sent back as after."));
        var order = BrowseRules.Order(table.Columns, selection.Sort);
        var filters = BrowseRules.Filters(table.Columns, selection.Filters);
        var after = Cursor(selection.After);
        using var rows = new ResultRows(size, MostBytesOfAPage, isNumbered: true);
        await InTime(table, token => db.ReadText(BrowseStore.PageOf(table, actor, order, filters, after, size), async (reader, token) =>
        {
            await rows.Append(reader, token);
            return rows.Count;
        }, token), ct);
        if (rows.Count == 0)
        {
            if (await IsStale(actor, table, ct)) return null;
            if (rows.Truncated is not null) throw TooLarge("The next row");
            if (after is { } row && !await BrowseStore.HasRow(db, table, row, ct))
                throw Refusal.Fields(("after", "The row that this list went on from is gone. Begin the list anew, without after."));
        }
        var hasMore = rows.Truncated is not null;
        var json = rows.Result().Rows;
        var refs = selection.ResolveRefs ? await References.Resolve(db, web, actor, table, json, ct) : null;
        return new(new(json, new(0, size, hasMore, After: hasMore ? rows.Numbers[^1].ToString(CultureInfo.InvariantCulture) : null), refs), rows.Numbers, filters, 0);
    }

    Task<long> Matching(Actor actor, StoredTable table, IReadOnlyList<RowFilter> filters, CancellationToken ct) =>
        InTime(table, token => db.Maybe<long>(BrowseStore.CountOf(table, actor, filters, MostCounted + 1), token), ct);

    /// <summary>Sorting and filtering reads the whole table, so it has a time, and of large tables few are read at once.</summary>
    async Task<T> InTime<T>(StoredTable table, Func<CancellationToken, Task<T>> read, CancellationToken ct)
    {
        using var turn = await LargeScans.Turn(table.RowCount, ct);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(PageTime);
        try
        {
            return await read(time.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new Refusal(408, "rows_too_slow", $"Sorting or filtering these {table.RowCount:N0} rows took longer than {PageTime.TotalSeconds:0} seconds.",
                "Filter more narrowly, or ask with SQL for the rows that you need.");
        }
    }

    static bool IsPlain(RowSelection selection) => selection is { Sort: null or "", Filters: null or "", After: null or "" };

    static long? Cursor(string? after) =>
        string.IsNullOrEmpty(after) ? null
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row
        : throw Refusal.Fields(("after", "after is the cursor of an earlier page, unchanged."));
}
