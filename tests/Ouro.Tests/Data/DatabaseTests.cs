using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Ouro.Server.Data;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Data;

/// <summary>A PostgreSQL that somebody else runs: with a superuser's connection, and with a plain owner's.</summary>
public sealed class DatabaseTests
{
    [Fact]
    public async Task A_superuser_gets_the_database_made_when_it_is_not_there()
    {
        await using var database = await Open("given_absent");
        database.IsHardened.ShouldBeTrue();
        (await database.Db.Maybe<string>($"select current_user::text", default)).ShouldBe("given_absent_app");
        (await database.Db.Maybe<long>($"select count(*) from teams", default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_is_there_already_stays_its_owners()
    {
        await TestCluster.Run("create database given_there");
        await using (var database = await Open("given_there"))
            (await database.Db.Maybe<long>($"select count(*) from users", default)).ShouldBe(0);
        await using var again = await Open("given_there");
        (await again.Db.Maybe<bool>($"select pg_get_userbyid(datdba) = current_user from pg_database where datname = 'given_there'", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_role_from_before_the_servers_key_gets_the_new_password()
    {
        await using (await Open("given_key", "old")) { }
        NpgsqlConnection.ClearAllPools();
        await using var database = await Open("given_key", "new");
        (await database.Db.Maybe<bool>($"select true", default)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_plain_owner_gets_everything_but_hardening()
    {
        await TestCluster.Run("create role plain_owner login createrole password 'plain'");
        await TestCluster.Run("create database given_plain owner plain_owner");
        var connection = new NpgsqlConnectionStringBuilder(TestCluster.Superuser("given_plain")) { Username = "plain_owner", Password = "plain" };
        await using var database = await Database.Open(new(connection.ConnectionString, "given_plain", "unused", "unused"), NullLogger.Instance, default);
        database.IsHardened.ShouldBeFalse();
        (await database.Db.Maybe<string>($"select current_user::text", default)).ShouldBe("plain_owner");
    }

    static Task<Database> Open(string name, string password = "secret") =>
        Database.Open(new(TestCluster.Superuser(name), name, name + "_app", password), NullLogger.Instance, default);
}
