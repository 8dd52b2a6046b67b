using System.Runtime.CompilerServices;

namespace Ouro;

/// <summary>Lists as a whole, page by page as they are read.</summary>
static class Paging
{
    /// <summary>All items from a first page on: by cursor where the list has one, else by offset.</summary>
    public static async IAsyncEnumerable<T> All<T>(
        Func<int, string?, CancellationToken, Task<Page<T>>> page, int offset, string? after, [EnumeratorCancellation] CancellationToken ct = default)
    {
        while (true)
        {
            var (items, at) = await page(offset, after, ct);
            foreach (var item in items) yield return item;
            if (!at.HasMore) yield break;
            // A page that holds nothing and promises more would be asked for for ever.
            if (items.Count == 0)
                throw new OuroException(200, "unexpected_answer", $"There is more of this list after {offset:N0} items, but the next one is too large for a page.");
            (offset, after) = at.After is { } cursor ? (0, cursor) : (offset + items.Count, null);
        }
    }

    /// <summary>The items of an answer with where they stand; an answer that does not say is the whole list.</summary>
    public static Page<T> ToPage<T>(this Envelope<IReadOnlyList<T>> answer) =>
        new(answer.Data, answer.Pagination ?? new(0, answer.Data.Count, false));
}
