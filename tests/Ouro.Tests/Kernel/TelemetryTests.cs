using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Kernel;

/// <summary>Traces, metrics and logs reach a collector; a small server that takes OTLP stands in for one.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_go_where_the_setting_says_and_hold_no_secret()
    {
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(kind, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.StartAsync();

        var server = new Observed(collector.Urls.First());
        await server.InitializeAsync();
        var ada = await server.Join("ada_traced");
        await ada.Get("/user/profile");
        var answer = await ada.Http.GetAsync("/api/user/profile");
        var request = answer.Headers.GetValues("x-request-id").Single();
        // Stopping sends what was not sent yet.
        await server.DisposeAsync();

        received.Keys.ShouldBe(["traces", "metrics", "logs"], ignoreOrder: true);
        received["traces"].ShouldContain("/api/user/profile");
        received["traces"].ShouldContain("postgresql");
        // The request's id is the trace's: a report leads to its trace.
        received["traces"].ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString(request)));
        received["metrics"].ShouldContain("http.server.request.duration");
        foreach (var text in received.Values) text.ShouldNotContain(ada.Key);
    }

    sealed class Observed(string collector) : TestServer
    {
        protected override Settings Settings => Observed(collector);
    }
}
