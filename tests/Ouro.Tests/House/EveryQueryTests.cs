using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Ouro.Server;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Events;
using Ouro.Server.Files;
using Ouro.Server.Kernel;
using Ouro.Server.Storage;
using Ouro.Server.Teams;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>
/// Every query is run: each method of a store, with invented arguments, in a transaction that is rolled back. It proves names and types, no result.
/// </summary>
public sealed class EveryQueryTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly StoredTable Table = DatasetRules.New(
        Guid.CreateVersion7(), "sample", [new("id", ColumnType.Bigint, "id"), new("name", ColumnType.Text, "name")], rows: 3);

    static IEnumerable<MethodInfo> Queries =>
        from type in typeof(OuroServer).Assembly.GetTypes()
        where type.IsAbstract && type.IsSealed && type.Name.EndsWith("Store", StringComparison.Ordinal)
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        where typeof(Session).IsAssignableFrom(method.GetParameters().FirstOrDefault()?.ParameterType)
        select method;

    public static TheoryData<string> Names => [.. Queries.Select(Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_query_names_what_is_there(string name)
    {
        var method = Queries.Single(m => Name(m) == name);
        await using var tx = await server.Db.Begin(default);
        if (method.Name != nameof(DatasetStore.CreateTable)) await DatasetStore.CreateTable(tx, Table, default);
        if (method.Name is not (nameof(DatasetStore.CreateTable) or nameof(DatasetStore.CreateView))) await DatasetStore.CreateView(tx, Table, default);
        try
        {
            await (Task)method.Invoke(null, [tx, .. method.GetParameters().Skip(1).Select(p => Invented(p.ParameterType))])!;
        }
        catch (PostgresException e) when (!e.SqlState.StartsWith("42", StringComparison.Ordinal))
        {
            // A violated constraint comes after the names and types were found right, which is all that is asked here.
        }
    }

    [Fact]
    public void There_are_queries_to_run() => Queries.Count().ShouldBeGreaterThan(25);

    static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    static object? Invented(Type type) => Nullable.GetUnderlyingType(type) switch
    {
        { } plain => Invented(plain),
        null when type == typeof(Guid) => Guid.CreateVersion7(),
        null when type == typeof(string) => "word",
        null when type == typeof(int) => 3,
        null when type == typeof(long) => 3L,
        null when type == typeof(bool) => true,
        null when type == typeof(string[]) => new[] { "word" },
        null when type == typeof(byte[]) => new byte[32],
        null when type == typeof(DateOnly) => new DateOnly(2026, 1, 1),
        null when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
        null when type == typeof(JsonElement) => JsonSerializer.SerializeToElement(new { }),
        null when type == typeof(CancellationToken) => CancellationToken.None,
        null when type == typeof(Actor) => new Actor { Id = Guid.CreateVersion7(), Organizations = [Guid.CreateVersion7()], BoundTo = Guid.CreateVersion7() },
        null when type == typeof(Sql) => Sql.True,
        null when type == typeof(StoredTable) => Table,
        null when type == typeof(AssetSearch) => new AssetSearch { Query = "word" },
        null when type == typeof(SearchOrder) => new SearchOrder($"a.created_at desc", Sql.Empty, Sql.Empty),
        null when type == typeof(Prices) => Prices.Free,
        null when type == typeof(OwnChange) => new OwnChange(JsonSerializer.SerializeToElement(new { }), JsonSerializer.SerializeToElement(Array.Empty<object>())),
        null when type == typeof(Place) => new Place(Ids.Global, Ids.Global, Visibility.Public),
        null when type == typeof(Asset) => new Asset { Id = Guid.CreateVersion7(), Name = "name" },
        null when type == typeof(NewAccount) => new NewAccount(Guid.CreateVersion7(), "somebody", null, ActorType.Base, false, "stamp", DateTimeOffset.UnixEpoch),
        null when type == typeof(Cursor) => Cursor.Start,
        null when type == typeof(UserPasskeyInfo) => new UserPasskeyInfo([1], [2], DateTimeOffset.UnixEpoch, 0, ["internal"], true, true, true, [3], [4]),
        null when type == typeof(ApiKey) => new ApiKey(Guid.CreateVersion7(), "key", "abcd", null, DateTimeOffset.UnixEpoch, null),
        null when type == typeof(NewTeam) => new NewTeam(
            Guid.CreateVersion7(), Ids.Global, "team", Visibility.Public, Content.Of("why"), Role.Write, JoinPolicy.Open, SourcePolicy.Any, null, null, DateTimeOffset.UnixEpoch),
        null when type == typeof(TeamList) => new TeamList { OrgId = Ids.Global, Joined = true, PublicOnly = true, Query = "word" },
        null when type == typeof(Blob) => new Blob(new string('a', 64), 3),
        null when type == typeof(Thumbnail) => new Thumbnail([1], "image/webp", 1, 1),
        null when type == typeof(Inspection) => Inspection.Unknown,
        null when type == typeof(StoredFile) => new StoredFile(Guid.CreateVersion7(), new string('a', 64), 3, "path", "name", "text/plain", null, DateTimeOffset.UnixEpoch),
        null when type == typeof(StoredUpload) => new StoredUpload(
            Guid.CreateVersion7(), Guid.CreateVersion7(), null, "files", "path", "name", null, 3, null, null, 0, null, null, "here", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        null when type == typeof(Guid[]) => new[] { Guid.CreateVersion7() },
        null when type == typeof(AssetType[]) => new[] { AssetType.Dataset },
        null when type == typeof(DatasetView) => new DatasetView(Guid.CreateVersion7(), Guid.CreateVersion7(), "view", null, null, null, "auto", null, default, default),
        null when type == typeof(DatasetLineage) => new DatasetLineage("select 1", null, [Guid.CreateVersion7()], null),
        null when type == typeof(Organization) => new Organization { Id = Guid.CreateVersion7(), Name = "name", DefaultTeam = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "all") },
        null when type == typeof(Invitation) => new Invitation { Id = Guid.CreateVersion7(), OrgId = Guid.CreateVersion7() },
        null when type == typeof(EventFilter) => new EventFilter { Name = "name", ActorId = Guid.CreateVersion7(), SubjectId = Guid.CreateVersion7(), TeamId = Guid.CreateVersion7(), Since = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UnixEpoch },
        null when type == typeof(EventCursor) => new EventCursor(DateTimeOffset.UnixEpoch, 3),
        null when type.IsEnum => Enum.GetValues(type).GetValue(0),
        _ => throw new NotSupportedException($"Say in {nameof(EveryQueryTests)} what a {type.Name} is like."),
    };
}
