using Npgsql;
using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Events;

/// <summary>What a room above wants to hear of: the words that any server says on a channel.</summary>
public sealed record Hearing(string Channel, Action<string> Hear);

/// <summary>
/// One connection a process that hears what committed anywhere: changed accounts are forgotten, waiting work begins. When it is lost,
/// whatever depends on hearing is told, and hearing begins again.
/// </summary>
public sealed class Listener(Db db, Actors actors, Jobs jobs, IEnumerable<Hearing> others, ILogger<Listener> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e) when (e is NpgsqlException or IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                log.LogWarning("Notifications do not arrive: {Reason}. Trying again.", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                actors.Listening(false);
            }
        }
    }

    async Task Listen(CancellationToken ct)
    {
        // One connection of the pool, held as long as the process lives.
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        connection.Notification += (_, told) =>
        {
            if (told.Channel == Actors.Channel && Guid.TryParse(told.Payload, out var user)) actors.Forget(user);
            else if (told.Channel == Jobs.Channel) jobs.Wake();
            else foreach (var other in others) if (other.Channel == told.Channel) other.Hear(told.Payload);
        };
        await using (var listen = new NpgsqlCommand(string.Concat(others.Select(o => o.Channel).Prepend(Jobs.Channel).Prepend(Actors.Channel).Select(channel => $"listen {channel}; ")), connection))
            await listen.ExecuteNonQueryAsync(ct);
        actors.Listening(true);
        jobs.Wake();
        // A silent line may be a dead one: now and then something is asked.
        while (!ct.IsCancellationRequested)
            if (!await connection.WaitAsync(TimeSpan.FromSeconds(20), ct))
            {
                await using var alive = new NpgsqlCommand("select 1", connection);
                await alive.ExecuteNonQueryAsync(ct);
            }
    }
}
