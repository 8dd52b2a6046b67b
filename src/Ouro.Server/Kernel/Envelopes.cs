namespace Ouro.Server.Kernel;

/// <summary>Puts answers into the envelope.</summary>
public static class Envelopes
{
    public static async Task<Envelope<T>> Enveloped<T>(this Task<T> answer) => new(await answer);

    public static async Task<Envelope<IReadOnlyList<T>>> Enveloped<T>(this Task<Page<T>> answer)
    {
        var page = await answer;
        return new(page.Items) { Pagination = page.Pagination };
    }
}
