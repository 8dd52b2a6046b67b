using System.ComponentModel;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>
/// A process that reads files which may kill it, as somebody to ask. It is started when first needed, asked one thing at a time, ended where it takes
/// too long or too much, replaced after that, and let go when nobody has asked for a while. Whatever becomes of it, asking only ends without an answer.
/// </summary>
sealed class InspectionWorker : IAsyncDisposable
{
    static readonly TimeSpan UsualIdle = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    readonly TimeSpan limit;
    readonly TimeSpan idle;
    readonly ILogger log;
    readonly SemaphoreSlim turn = new(1);
    readonly Timer end;
    WorkerProcess? process;
    bool isDisposed;

    /// <param name="limit">How long an answer may take.</param>
    /// <param name="log">Where it is told that there was none.</param>
    /// <param name="idle">How long it waits for the next question.</param>
    public InspectionWorker(TimeSpan limit, ILogger log, TimeSpan? idle = null)
    {
        (this.limit, this.log, this.idle) = (limit, log, idle ?? UsualIdle);
        end = new(_ => EndIdle());
    }

    public int? ProcessId => process?.Id;

    public async Task<WorkerAnswer?> Ask(WorkerQuestion question, CancellationToken ct)
    {
        if (!await turn.WaitAsync(LongestWait, ct))
        {
            log.LogWarning("Nobody had time for {Task} of a file within {Seconds} seconds; it goes without.", question.Task, LongestWait.TotalSeconds);
            return null;
        }
        try
        {
            if (isDisposed) return null;
            if (process is { HasExited: true }) End();
            process ??= await WorkerProcess.Start(ct);
            return await process.Ask(question, limit, ct);
        }
        catch (Exception e) when (ct.IsCancellationRequested)
        {
            // Its answer would be taken for that to the next question.
            End();
            throw new OperationCanceledException(e.Message, e, ct);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or OperationCanceledException or InvalidOperationException or Win32Exception)
        {
            if (!isDisposed)
                log.LogWarning("The process that was asked for {Task} of a file of {Length} bytes gave no answer; the file goes without. {Reason}",
                    question.Task, Length(question.Path), e is OperationCanceledException ? $"It took longer than {limit.TotalSeconds} seconds." : $"{e.Message} {process?.Errors}");
            End();
            return null;
        }
        finally
        {
            turn.Release();
            if (!isDisposed) end.Change(idle, Timeout.InfiniteTimeSpan);
        }
    }

    static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    void EndIdle()
    {
        // Who is asking now sets the time anew afterwards.
        if (!turn.Wait(0)) return;
        End();
        turn.Release();
    }

    void End()
    {
        process?.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        isDisposed = true;
        await end.DisposeAsync();
        // What it works on is not waited for.
        End();
    }
}
