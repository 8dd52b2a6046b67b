using Npgsql;

namespace Ouro.Server.Data;

/// <summary>Something that runs SQL: <see cref="Db"/> (a connection per call) or <see cref="Tx"/> (one transaction).</summary>
public abstract class Session
{
    /// <summary>Every row, in order. Bound the query itself with <c>limit</c>.</summary>
    public Task<List<T>> Query<T>(Sql sql, CancellationToken ct) => Read(sql, async (reader, token) =>
    {
        var read = Rows<T>.Reader(reader);
        var rows = new List<T>();
        while (await reader.ReadAsync(token)) rows.Add(read(reader));
        return rows;
    }, ct);

    /// <summary>The first row, or the default where there is none.</summary>
    public Task<T?> Maybe<T>(Sql sql, CancellationToken ct) => Read(sql, async (reader, token) =>
        await reader.ReadAsync(token) ? Rows<T>.Reader(reader)(reader) : default, ct);

    /// <summary>The number of rows that the statement changed.</summary>
    public Task<int> Run(Sql sql, CancellationToken ct) => Read(sql, async (reader, token) =>
    {
        while (await reader.NextResultAsync(token)) { }
        return reader.RecordsAffected;
    }, ct);

    /// <summary>Runs one statement and hands its result to <paramref name="read"/>.</summary>
    public abstract Task<T> Read<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct);

    /// <summary>Like <see cref="Read"/>, with every value as the text that PostgreSQL itself writes.</summary>
    public abstract Task<T> ReadText<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct);

    private protected static async Task<T> ExecuteText<T>(
        NpgsqlConnection connection, Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        await using var command = sql.Command(connection);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await read(reader, ct);
    }

    private protected static async Task<T> Execute<T>(
        NpgsqlConnection connection, Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        await using var command = sql.Command(connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await read(reader, ct);
    }
}

/// <summary>The application's database: a pooled connection for each call.</summary>
public sealed class Db(NpgsqlDataSource source) : Session
{
    public NpgsqlDataSource Source => source;

    public override async Task<T> Read<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        return await Execute(connection, sql, read, ct);
    }

    public override async Task<T> ReadText<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        return await ExecuteText(connection, sql, read, ct);
    }

    public async Task<Tx> Begin(CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One transaction. What is not committed when it is disposed never happened.</summary>
public sealed class Tx(NpgsqlConnection connection, NpgsqlTransaction transaction) : Session, IAsyncDisposable
{
    /// <summary>The connection itself, for COPY.</summary>
    public NpgsqlConnection Connection => connection;

    public override Task<T> Read<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct) =>
        Execute(connection, sql, read, ct);

    public override Task<T> ReadText<T>(Sql sql, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken ct) =>
        ExecuteText(connection, sql, read, ct);

    public Task Commit(CancellationToken ct) => transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
