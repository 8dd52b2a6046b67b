using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ouro.Server.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>The process that reads dangerous files, and what becomes of a look when it dies.</summary>
public sealed class WorkerTests : IAsyncLifetime
{
    readonly Inspector inspector = new();

    [Fact]
    public async Task It_is_started_when_it_is_needed_and_not_before()
    {
        await inspector.Look(Samples.Gif(3, 2));
        inspector.Inspection.WorkerId.ShouldBeNull();
        (await inspector.Look(Samples.Pdf(1))).Pages.ShouldBe(1);
        var first = inspector.Inspection.WorkerId.ShouldNotBeNull();
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBe(2);
        inspector.Inspection.WorkerId.ShouldBe(first);
    }

    [Fact]
    public async Task One_that_is_killed_in_the_middle_costs_the_details_and_is_replaced()
    {
        await inspector.Look(Samples.Pdf(1));
        var id = inspector.Inspection.WorkerId!.Value;
        await Signal("STOP", id);
        var look = inspector.Look(Samples.Pdf(2));
        await Task.Delay(300);
        look.IsCompleted.ShouldBeFalse();
        await Signal("KILL", id);

        (await look).ShouldBe(new Inspection("application/pdf"));
        inspector.Warnings.ShouldHaveSingleItem().ShouldContain("gave no answer");
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBe(2);
        inspector.Inspection.WorkerId.ShouldNotBe(id);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_ended()
    {
        await inspector.Look(Samples.Pdf(1));
        var id = inspector.Inspection.WorkerId!.Value;
        await Signal("STOP", id);
        var began = Stopwatch.GetTimestamp();
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBeNull();
        Stopwatch.GetElapsedTime(began).ShouldBeInRange(TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(8));
        inspector.Warnings.ShouldHaveSingleItem().ShouldContain("longer than 5 seconds");
        await MustEnd(id);
    }

    [Fact]
    public async Task One_that_was_killed_while_nobody_asked_is_replaced_unnoticed()
    {
        await inspector.Look(Samples.Pdf(1));
        var id = inspector.Inspection.WorkerId!.Value;
        await Signal("KILL", id);
        await MustEnd(id);
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBe(2);
    }

    [Fact]
    public async Task Who_no_longer_waits_leaves_no_answer_for_the_next()
    {
        await inspector.Look(Samples.Pdf(1));
        await Signal("STOP", inspector.Inspection.WorkerId!.Value);
        using var patience = new CancellationTokenSource(200);
        await Should.ThrowAsync<OperationCanceledException>(() => inspector.Inspection.Look(inspector.Put(Samples.Pdf(3)), "x", patience.Token));
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBe(2);
    }

    [Fact]
    public async Task It_ends_when_nobody_has_asked_for_a_while()
    {
        await using var worker = new InspectionWorker(TimeSpan.FromSeconds(5), NullLogger.Instance, idle: TimeSpan.FromMilliseconds(200));
        var file = inspector.Put(Samples.Pdf(2));
        (await worker.Ask(new(WorkerQuestion.Pages, file.Path), default))!.Pages.ShouldBe(2);
        var id = worker.ProcessId;
        await MustEnd(id ?? 0);
        worker.ProcessId.ShouldBeNull();
        (await worker.Ask(new(WorkerQuestion.Pages, file.Path), default))!.Pages.ShouldBe(2);
    }

    [Fact]
    public async Task It_ends_with_the_server()
    {
        await inspector.Look(Samples.Pdf(1));
        var id = inspector.Inspection.WorkerId!.Value;
        await inspector.Inspection.DisposeAsync();
        await MustEnd(id);

        // A server that is killed ends nothing itself; its end of the line is closed.
        using var alone = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ouro-server.dll"), "inspect-worker"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        (await alone.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
        alone.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await alone.WaitForExitAsync(limit.Token);
    }

    [Fact]
    public async Task It_sees_nothing_of_the_environment_of_the_server()
    {
        Environment.SetEnvironmentVariable("OURO_SECRET_OF_A_TEST", "secret");
        await inspector.Look(Samples.Pdf(1));
        var environment = await File.ReadAllTextAsync($"/proc/{inspector.Inspection.WorkerId}/environ");
        environment.ShouldContain("DOTNET_GCHeapHardLimit=0x10000000");
        environment.ShouldNotContain("OURO_");
        (await File.ReadAllTextAsync($"/proc/{inspector.Inspection.WorkerId}/oom_score_adj")).Trim().ShouldBe("1000");
    }

    static async Task Signal(string signal, int id)
    {
        using var kill = Process.Start("kill", [$"-{signal}", id.ToString()]);
        await kill.WaitForExitAsync();
    }

    static async Task MustEnd(int id)
    {
        for (var began = Stopwatch.GetTimestamp(); Directory.Exists($"/proc/{id}"); await Task.Delay(50))
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    public ValueTask InitializeAsync() => inspector.InitializeAsync();

    public ValueTask DisposeAsync() => inspector.DisposeAsync();
}
