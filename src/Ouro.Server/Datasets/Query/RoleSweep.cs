using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>Drops, at the start and every hour, the logins that nobody needs any more. Several servers may do so at once.</summary>
sealed class RoleSweep(Db db, DatasetRoles roles, TimeProvider time, ILogger<RoleSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await roles.Sweep(db, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (NpgsqlException e)
            {
                log.LogWarning("Logins of datasets that nobody needs could not be dropped: {Reason}. It is tried again in an hour.", e.Message);
            }
            await Task.Delay(TimeSpan.FromHours(1), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
