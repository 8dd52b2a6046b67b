using System.Text.Json;
using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Kernel;

/// <summary>A piece of work, as it stands in the table.</summary>
public sealed record Job(
    Guid Id, string Kind, Guid? UserId, AssetState State, string Stage, JsonElement Input, JsonElement Progress, JsonElement? Result,
    JsonElement? Error, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <summary>Work that cannot be done just now, through nobody's fault: it is taken up again after a pause, as often as it must.</summary>
public sealed class Postponed(TimeSpan pause) : Exception
{
    public TimeSpan Pause { get; } = pause;
}

/// <summary>How one kind of work is done: what it returns becomes the job's result, and a refusal its error.</summary>
public sealed record JobKind(string Name, Func<IServiceProvider, Job, CancellationToken, Task<JsonElement>> Do);

/// <summary>
/// Work that outlives its request. A row in the transaction of its cause; whoever runs it holds an advisory lock on its own connection, so a
/// job whose worker died, however it died, is free at once and is taken up again.
/// </summary>
public sealed class Jobs(Db db, Clock clock, ServerKey key, IEnumerable<JobKind> kinds, IServiceProvider services, ILogger<Jobs> log) : BackgroundService
{
    public const string Channel = "ouro_jobs";

    /// <summary>The stage of work that still waits for its input; nobody takes it up.</summary>
    public const string Receiving = "receiving";

    const int AtOnce = 2;
    const int Attempts = 3;
    static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    readonly Dictionary<string, JobKind> kinds = kinds.ToDictionary(k => k.Name);
    readonly SemaphoreSlim wake = new(0);

    /// <summary>The name of this installation: work on a file needs the disk that the file is on.</summary>
    public string Instance { get; } = key.Derive("instance")[..16];

    static Sql Columns => $"id, kind, user_id, state, stage, input, progress, result, error, attempts, created_at, finished_at";

    public void Wake()
    {
        if (wake.CurrentCount < AtOnce) wake.Release();
    }

    /// <summary>Puts work in the queue, in the transaction of its cause.</summary>
    public Task Add(Session tx, Guid id, string kind, Guid? user, string stage, JsonElement input, CancellationToken ct) => tx.Run($"""
        with added as (
          insert into jobs (id, kind, user_id, stage, input, instance, created_at)
          values ({id}, {kind}, {user}, {stage}, {input}, {Instance}, {clock.Now()}))
        select pg_notify({Channel}, {id.ToString()})
        """, ct);

    /// <summary>What waited for its input has it now.</summary>
    public Task Begin(Guid id, JsonElement progress, CancellationToken ct) => db.Run($"""
        with begun as (
          update jobs set stage = 'waiting', progress = {progress} where id = {id} and state = 'queued' and stage = {Receiving})
        select pg_notify({Channel}, {id.ToString()})
        """, ct);

    /// <summary>
    /// Ends a job well, in the transaction of what it did: both are there, or neither. False when somebody ended it meanwhile, and then the
    /// transaction must not commit.
    /// </summary>
    public async Task<bool> Finish(Tx tx, Guid id, JsonElement result, CancellationToken ct) => await tx.Run($"""
        update jobs set state = 'success', stage = 'done', result = {result}, finished_at = {clock.Now()}
        where id = {id} and state = 'in-progress'
        """, ct) == 1;

    /// <summary>Ends a job that failed, never got its input, or is not wanted any more; false when it had ended before.</summary>
    public async Task<bool> Fail(Guid id, Refusal refusal, CancellationToken ct) => await db.Run($"""
        update jobs set state = 'error', stage = 'failed', error = {Wire.Element(RestRefusals.Body(refusal))}, finished_at = {clock.Now()}
        where id = {id} and state in ('queued', 'in-progress')
        """, ct) == 1;

    /// <summary>Which of these jobs are still open.</summary>
    public async Task<HashSet<Guid>> Open(Guid[] ids, CancellationToken ct) =>
        [.. await db.Query<Guid>($"select id from jobs where id = any({ids}) and state in ('queued', 'in-progress')", ct)];

    /// <summary>The oldest open jobs of one kind.</summary>
    public Task<List<Job>> Open(string kind, int most, CancellationToken ct) => db.Query<Job>($"""
        select {Columns} from jobs where kind = {kind} and state in ('queued', 'in-progress') order by created_at limit {most}
        """, ct);

    /// <summary>Lets all work of a kind that nobody took up yet wait for a while.</summary>
    public Task Postpone(string kind, TimeSpan pause, CancellationToken ct) => db.Run($"""
        update jobs set not_before = {clock.Now() + pause} where kind = {kind} and state = 'queued'
        """, ct);

    /// <summary>What was still receiving when this installation last stopped will never be whole.</summary>
    public Task<List<Guid>> FailInterrupted(Refusal refusal, CancellationToken ct) => db.Query<Guid>($"""
        update jobs set state = 'error', stage = 'failed', error = {Wire.Element(RestRefusals.Body(refusal))}, finished_at = {clock.Now()}
        where state in ('queued', 'in-progress') and stage = {Receiving} and instance = {Instance}
        returning id
        """, ct);

    public Task<Job?> Find(Guid id, CancellationToken ct) => db.Maybe<Job>($"select {Columns} from jobs where id = {id}", ct);

    /// <summary>Somebody's work of one kind, newest first.</summary>
    public Task<List<Job>> Of(Guid user, string kind, Cursor after, int size, CancellationToken ct) => db.Query<Job>($"""
        select {Columns}
        from jobs
        where user_id = {user} and kind = {kind} and (created_at, id) < ({after.At}, {after.Id})
        order by created_at desc, id desc
        limit {size}
        """, ct);

    /// <summary>
    /// Says how far a job is; seen by others at once, whatever becomes of the job's own transaction. False when somebody ended it meanwhile.
    /// </summary>
    public async Task<bool> Report(Guid id, string stage, JsonElement progress, CancellationToken ct) =>
        await db.Run($"update jobs set stage = {stage}, progress = {progress} where id = {id} and state in ('queued', 'in-progress')", ct) == 1;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Work(stoppingToken)));

    async Task Work(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                while (await TakeOne(ct)) { }
                await wake.WaitAsync(await Pause(ct), ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning("The queue of jobs cannot be read: {Reason}.", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>How long there is nothing to look for: until work that was postponed is due, at most five seconds.</summary>
    async Task<TimeSpan> Pause(CancellationToken ct)
    {
        var due = await db.Maybe<DateTimeOffset?>($"select min(not_before) from jobs where state in ('queued', 'in-progress')", ct) - clock.Now();
        return due is null || due > Longest ? Longest : due < Shortest ? Shortest : due.Value;
    }

    async Task<bool> TakeOne(CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        var held = new OnOne(connection);
        var open = await held.Query<Job>($"""
            select {Columns} from jobs 
            where state in ('queued', 'in-progress') and stage <> {Receiving} and (instance is null or instance = {Instance})
              and (not_before is null or not_before <= {clock.Now()})
            order by created_at
            limit 20
            """, ct);
        foreach (var job in open)
        {
            if (!kinds.TryGetValue(job.Kind, out var kind)) continue;
            if (!await held.Maybe<bool>($"select pg_try_advisory_lock(hashtextextended({job.Id.ToString()}, 0))", ct)) continue;
            try
            {
                // Another worker may have ended it between the look and the lock.
                var taken = await held.Maybe<Job>($"""
                    update jobs set state = 'in-progress', attempts = attempts + 1
                    where id = {job.Id} and state in ('queued', 'in-progress') and (not_before is null or not_before <= {clock.Now()})
                    returning {Columns}
                    """, ct);
                if (taken is not null) await Do(kind, taken, ct);
            }
            finally
            {
                if (connection.State == System.Data.ConnectionState.Open)
                    await held.Run($"select pg_advisory_unlock(hashtextextended({job.Id.ToString()}, 0))", CancellationToken.None);
            }
            return true;
        }
        return false;
    }

    async Task Do(JobKind kind, Job job, CancellationToken ct)
    {
        try
        {
            if (job.Attempts > Attempts)
                throw new Refusal(500, "job_gave_up", $"The server stopped {Attempts} times while this was under way; it is not tried again. Nothing was kept.");
            await using var scope = services.CreateAsyncScope();
            var result = await kind.Do(scope.ServiceProvider, job, ct);
            await db.Run($"""
                update jobs set state = 'success', stage = 'done', result = {result}, finished_at = {clock.Now()}
                where id = {job.Id} and state = 'in-progress'
                """, CancellationToken.None);
        }
        catch (Postponed later)
        {
            await db.Run($"""
                update jobs set state = 'queued', stage = 'waiting', not_before = {clock.Now() + later.Pause}, attempts = attempts - 1
                where id = {job.Id} and state = 'in-progress'
                """, CancellationToken.None);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops: the job goes on after its next start, and this attempt does not count.
            await db.Run($"update jobs set attempts = attempts - 1 where id = {job.Id}", CancellationToken.None);
            throw;
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            // The database went away, not the work: the job stays open and is taken up again, as often as its attempts allow.
            log.LogWarning("Job {Kind} {Id} lost its database and will be tried again: {Reason}.", job.Kind, job.Id, e.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What fails after somebody ended the job, because its input is gone, is no failure.
            var ended = await Fail(job.Id, e as Refusal ?? new(500, "internal_error", $"The server failed at this. It is logged as job {job.Id}."), CancellationToken.None);
            if (ended && e is not Refusal) log.LogError(e, "Job {Kind} {Id} failed.", job.Kind, job.Id);
        }
    }

    /// <summary>A session on the one connection that holds the lock.</summary>
    sealed class OnOne(NpgsqlConnection connection) : Session
    {
        public override Task<T> Read<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct) =>
            Execute(connection, sql, read, ct);

        public override Task<T> ReadText<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct) =>
            ExecuteText(connection, sql, read, ct);
    }
}
