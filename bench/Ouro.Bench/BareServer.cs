using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ouro.Bench;

/// <summary>
/// What a programmer writes who wants nothing but the rows: Kestrel, one prepared select, JSON straight into the answer. It knows nobody and checks
/// nothing. A process of its own, on the same database and the same table as the product.
/// </summary>
sealed class BareServer : IAsyncDisposable
{
    public const string Name = "bare Kestrel + Npgsql";
    public const string Argument = "--bare";
    const int PageRows = 20;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Child child;

    BareServer(Child child, int port) => (this.child, Port) = (child, port);

    public int Port { get; }

    public long? Memory() => TreeMemory.Of(child.Id);

    public static async Task<BareServer> Start(Repository repository, Product product, string table, CancellationToken ct, string path = "/page?offset=0")
    {
        var port = Product.FreePort();
        var server = new BareServer(Child.Start("dotnet", [typeof(BareServer).Assembly.Location, Argument], repository.Root,
            [.. product.PsqlEnvironment(), ("BARE_PORT", $"{port}"), ("BARE_TABLE", table), ("DOTNET_gcServer", "0")]), port);
        using var http = new HttpClient();
        for (var began = System.Diagnostics.Stopwatch.GetTimestamp(); ;)
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"), ct);
                answer.EnsureSuccessStatusCode();
                return server;
            }
            catch (HttpRequestException) when (!server.child.HasEnded && System.Diagnostics.Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(50, ct);
            }
    }

    /// <summary>The server itself, in its own process.</summary>
    public static async Task Serve()
    {
        static string Set(string name) => Environment.GetEnvironmentVariable(name) ?? throw new BenchException($"{name} is not set.");
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Set("PGHOST"), Port = int.Parse(Set("PGPORT"), CultureInfo.InvariantCulture), Username = Set("PGUSER"), Password = Set("PGPASSWORD"),
            Database = Set("PGDATABASE"), MaxPoolSize = 40, MaxAutoPrepare = 10, AutoPrepareMinUsages = 2, NoResetOnClose = true,
        };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Set("BARE_PORT")}");
        await using var app = builder.Build();
        var select = $"select {string.Join(", ", Million.Columns)} from {Set("BARE_TABLE")} where _row > $1 order by _row limit {PageRows + 1}";
        app.MapGet("/page", (long offset, HttpContext context) => Page(source, select, offset, context));
        app.MapGet("/list", (HttpContext context) => List(source, context));
        await app.RunAsync();
    }

    /// <summary>The newest assets with all that a list shows of them, whoever may see them.</summary>
    static async Task List(NpgsqlDataSource source, HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var connection = await source.OpenConnectionAsync(context.RequestAborted);
        await using var command = new NpgsqlCommand($"""
            select a.id, a.asset_type, a.name, a.name_url_slug, a.user_id, a.org_id, a.team_id, a.parent_id, a.visibility, a.description, a.license_id,
              a.metadata, a.attribution, a.preview, a.state, a.source, a.created_at, a.last_updated, a.monetization, a.price_currency, a.price_cents, a.price_sats,
              u.username, u.actor_type, u.avatar_path, o.name, t.name
            from (select * from assets order by created_at desc, id desc limit {PageRows + 1}) a
            join users u on u.id = a.user_id
            join organizations o on o.id = a.org_id
            join teams t on t.id = a.team_id
            order by a.created_at desc, a.id desc
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("data");
        var rows = 0;
        while (await reader.ReadAsync(context.RequestAborted) && rows++ < PageRows)
        {
            json.WriteStartObject();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                json.WritePropertyName(reader.GetName(i));
                if (await reader.IsDBNullAsync(i)) json.WriteNullValue();
                else if (reader.GetDataTypeName(i) is "jsonb" or "json") json.WriteRawValue(reader.GetString(i), skipInputValidation: true);
                else if (reader.GetFieldType(i) == typeof(Guid)) json.WriteStringValue(reader.GetGuid(i));
                else if (reader.GetFieldType(i) == typeof(DateTime)) json.WriteStringValue(reader.GetDateTime(i));
                else if (reader.GetFieldType(i) == typeof(long)) json.WriteNumberValue(reader.GetInt64(i));
                else json.WriteStringValue(reader.GetString(i));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("hasMore", rows > PageRows);
        json.WriteEndObject();
    }

    static async Task Page(NpgsqlDataSource source, string select, long offset, HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var connection = await source.OpenConnectionAsync(context.RequestAborted);
        await using var command = new NpgsqlCommand(select, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = offset } } };
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("data");
        var rows = 0;
        while (await reader.ReadAsync(context.RequestAborted) && rows++ < PageRows)
        {
            json.WriteStartObject();
            json.WriteNumber("number", reader.GetInt64(0));
            json.WriteString("species", reader.GetString(1));
            json.WriteNumber("mass", reader.GetDouble(2));
            json.WriteBoolean("adult", reader.GetBoolean(3));
            json.WriteString("seen_at", reader.GetDateTime(4));
            if (await reader.IsDBNullAsync(5)) json.WriteNull("remark");
            else json.WriteString("remark", reader.GetString(5));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("hasMore", rows > PageRows);
        json.WriteEndObject();
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();
}
