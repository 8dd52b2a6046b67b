using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ouro.Tests.Client;

/// <summary>A server over real HTTP that answers as a test needs it, for what the real one does only on a bad day.</summary>
sealed class StandIn : IAsyncDisposable
{
    public const string Success = """{"data":{"id":"00000000-0000-0000-0000-000000000001","user_id":"00000000-0000-0000-0000-000000000001","username":"ada","email":null,"actor_type":"base"},"error":null}""";

    readonly WebApplication app;

    StandIn(WebApplication app) => this.app = app;

    /// <summary>The requests that arrived, in order.</summary>
    public ConcurrentQueue<Arrived> Requests { get; } = [];

    public Uri Api => new(app.Urls.Single() + "/api");

    public sealed record Arrived(string Method, string Path, IHeaderDictionary Headers, string Body);

    /// <summary>Starts a server that answers the n-th request, from 1, by <paramref name="answer"/>.</summary>
    public static async Task<StandIn> Start(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var standIn = new StandIn(builder.Build());
        standIn.app.Run(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            standIn.Requests.Enqueue(new(context.Request.Method, context.Request.Path + context.Request.QueryString.Value, new HeaderDictionary(context.Request.Headers.ToDictionary()), body));
            await answer(context, standIn.Requests.Count);
        });
        await standIn.app.StartAsync();
        return standIn;
    }

    public static Task<StandIn> Start(params (int Status, string? RetryAfter)[] answers) => Start((context, n) =>
    {
        var (status, retryAfter) = answers[Math.Min(n, answers.Length) - 1];
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Answer(context, status, status < 400 ? Success : $$"""{"data":null,"error":{"name":"HttpError","message":"Not now.","status":{{status}},"code":"not_now"},"code":"not_now"}""");
    });

    public static Task Answer(HttpContext context, int status, string body, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }

    public OuroClient Client(Func<OuroOptions, OuroOptions>? set = null)
    {
        var options = new OuroOptions { ApiKey = "ouro_pat_test", BaseAddress = Api, FirstPause = TimeSpan.FromMilliseconds(5) };
        return new(set?.Invoke(options) ?? options);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }
}
