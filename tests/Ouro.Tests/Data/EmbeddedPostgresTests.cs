using System.Diagnostics;
using Npgsql;
using Ouro.Server.Data.Embedded;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Data;

public sealed partial class EmbeddedPostgresTests : IDisposable
{
    static readonly EmbeddedPostgresOptions ThrowAway = new() { ThrowAway = true };
    static readonly CancellationToken Ct = CancellationToken.None;

    readonly string root = Directory.CreateTempSubdirectory("ouro-test-").FullName;
    readonly string folder;

    public EmbeddedPostgresTests()
    {
        // The database's own account must pass; the test of a private folder closes it again.
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        folder = Path.Combine(root, "data");
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_first_start_makes_a_database_that_answers()
    {
        await using var running = await Running.Start(folder, new());

        (await running.Ask("select version()")).ShouldStartWith("PostgreSQL");
        (await running.Ask("show server_encoding")).ShouldBe("UTF8");
        (await running.Ask("show data_checksums")).ShouldBe("on");
        (await running.Ask("show fsync")).ShouldBe("on");
        (await running.Ask("select lower('ÄÖÜ') || (select 'Z' < 'a')")).ShouldBe("äöütrue");
        (await running.Ask("select rolname from pg_roles where rolsuper")).ShouldBe("ouro");
    }

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first()
    {
        await using (var first = await Running.Start(folder))
            await first.Ask("create table kept as select 42 as n");

        await using var second = await Running.Start(folder);
        (await second.Ask("select n from kept")).ShouldBe("42");
    }

    [Fact]
    public async Task Nobody_else_can_read_the_folder_or_the_key()
    {
        await using var running = await Running.Start(folder);

        (File.GetUnixFileMode(folder) & ~UnixFileMode.GroupExecute).ShouldBe((UnixFileMode)0b111_000_000);
        File.GetUnixFileMode(Path.Combine(folder, "server.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(folder, "postgres")).ShouldBe((UnixFileMode)0b111_000_000);
        File.GetUnixFileMode(Path.Combine(folder, "postgres.log")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(running.SocketFolder).ShouldBe((UnixFileMode)0b111_000_000);
    }

    [Fact]
    public async Task It_listens_on_no_port_and_does_not_run_as_root()
    {
        await using var running = await Running.Start(folder);

        (await running.Ask("show listen_addresses")).ShouldBe("");
        var sockets = Directory.GetFiles($"/proc/{running.Pid}/fd").Select(fd => new FileInfo(fd).LinkTarget)
            .Where(to => to!.StartsWith("socket:", StringComparison.Ordinal));
        var tcp = File.ReadLines($"/proc/{running.Pid}/net/tcp").Concat(File.ReadLines($"/proc/{running.Pid}/net/tcp6")).ToList();
        foreach (var number in sockets.Select(socket => socket!["socket:[".Length..^1]))
            tcp.ShouldNotContain(line => line.Contains($" {number} "));
        Status(running.Pid, "Uid").ShouldNotStartWith("0");
        Status(running.Pid, "CapEff").ShouldBe("0000000000000000");
        Environments(running.Pid).ShouldNotContain("OURO");
    }

    [Fact]
    public async Task The_terminals_Ctrl_C_does_not_reach_it()
    {
        await using var running = await Running.Start(folder);

        var stat = await File.ReadAllTextAsync($"/proc/{running.Pid}/stat", Ct);
        // After "pid (name)": state, parent, process group, session.
        stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2..4].ShouldBe([$"{running.Pid}", $"{running.Pid}"]);
    }

    [Fact]
    public async Task A_start_that_is_called_off_leaves_no_database_behind()
    {
        await using (await Running.Start(folder))
        {
        }
        using var directory = await DataDirectory.Open(folder, HolderKind.Server);
        for (var after = 0; after < 60; after += 10)
        {
            using var impatient = new CancellationTokenSource(after);
            try
            {
                await using var database = await EmbeddedPostgres.Start(directory, ThrowAway, impatient.Token);
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
            File.Exists(Path.Combine(folder, "postgres", "postmaster.pid")).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var running = await Running.Start(folder);
        var wrong = new NpgsqlConnectionStringBuilder(running.Database.ConnectionString) { Password = "guess", Pooling = false };

        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync(Ct))).SqlState.ShouldBe("28P01");
    }

    [Fact]
    public async Task A_second_server_is_refused_and_told_who_is_there()
    {
        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        server.Refusal.ShouldBeEmpty();

        var refused = await Should.ThrowAsync<StartException>(() => DataDirectory.Open(folder, HolderKind.Server));
        refused.Message.ShouldContain($"process {server.Pid}");
        refused.Message.ShouldContain("http://helper.test");
        await server.End();
    }

    [Fact]
    public async Task A_command_joins_the_database_of_a_running_server_and_leaves_it_alone()
    {
        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        await using (var command = await Running.Start(folder, kind: HolderKind.Command))
        {
            command.Directory.Owned.ShouldBeFalse();
            command.Database.ProcessId.ShouldBeNull();
            (await command.Ask("select 1")).ShouldBe("1");
        }

        (await Running.Ask(server.ConnectionString, "select 2")).ShouldBe("2");
        await server.End();
        IsAlive(server.DatabasePid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_command_and_a_server_wait_for_the_command_that_holds_the_folder()
    {
        using var first = await EmbeddedPostgresProcess.Start(folder, HolderKind.Command);
        (await Should.ThrowAsync<StartException>(() => DataDirectory.Open(folder, HolderKind.Server, TimeSpan.FromMilliseconds(200))))
            .Message.ShouldContain($"process {first.Pid}");

        var second = Running.Start(folder, kind: HolderKind.Command);
        await Task.Delay(300, Ct);
        second.IsCompleted.ShouldBeFalse();
        await first.End();
        await using (var command = await second)
        {
            command.Directory.Owned.ShouldBeTrue();
            (await command.Ask("select 1")).ShouldBe("1");
        }

        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        server.Refusal.ShouldBeEmpty();
        await server.End();
    }

    [Fact]
    public async Task A_lock_that_anything_else_holds_is_waited_for()
    {
        (await DataDirectory.Open(folder, HolderKind.Command)).Dispose();
        using var other = Process.Start(new ProcessStartInfo("flock", [Path.Combine(folder, "lock"), "sh", "-c", "echo held; read end"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await other.StandardOutput.ReadLineAsync(Ct);

        await Should.ThrowAsync<StartException>(() => DataDirectory.Open(folder, HolderKind.Server, TimeSpan.FromMilliseconds(200)));
        var waiting = DataDirectory.Open(folder, HolderKind.Server);
        other.StandardInput.Close();
        (await waiting).Dispose();
        await other.WaitForExitAsync(Ct);
    }

    [Fact]
    public async Task A_killed_database_is_brought_back_in_the_same_place()
    {
        await using var running = await Running.Start(folder);
        await running.Ask("create table kept as select 42 as n");
        var killed = running.Pid;

        Kill(killed);

        await running.Until("select n from kept", "42");
        running.Pid.ShouldNotBe(killed);
    }

    [Fact]
    public async Task A_session_that_outlives_its_killed_database_is_ended()
    {
        await using var running = await Running.Start(folder);
        var backend = int.Parse(await running.Ask("select pg_backend_pid()"));
        // A session that is computing does not look up, so it notices nothing.
        var busy = running.Ask("select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000) b")
            .ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.Delay(300, Ct);

        Kill(running.Pid);

        await running.Until("select 1", "1");
        IsAlive(backend).ShouldBeFalse();
        await busy;
    }

    [Fact]
    public async Task A_database_left_by_a_killed_server_is_taken_over()
    {
        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        await Running.Ask(server.ConnectionString, "create table kept as select 42 as n");
        await server.Kill();
        IsAlive(server.DatabasePid).ShouldBeTrue();

        await using (var next = await Running.Start(folder))
        {
            next.Pid.ShouldBe(server.DatabasePid);
            (await next.Ask("select n from kept")).ShouldBe("42");
        }
        IsAlive(server.DatabasePid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_left_without_its_socket_is_started_anew()
    {
        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        await server.Kill();
        Directory.Delete(new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!, recursive: true);

        await using var next = await Running.Start(folder);
        next.Pid.ShouldNotBe(server.DatabasePid);
        (await next.Ask("select 1")).ShouldBe("1");
        IsAlive(server.DatabasePid).ShouldBeFalse();
    }

    [Fact]
    public async Task When_everything_was_killed_the_next_start_recovers()
    {
        using var server = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server);
        await Running.Ask(server.ConnectionString, "create table kept as select 42 as n");
        await server.Kill();
        Kill(server.DatabasePid);
        // What makes it hard: the file names a live process, which is a stranger's.
        var pidFile = Path.Combine(folder, "postgres", "postmaster.pid");
        File.WriteAllLines(pidFile, [$"{Environment.ProcessId}", .. File.ReadAllLines(pidFile)[1..]]);

        await using var next = await Running.Start(folder);
        (await next.Ask("select n from kept")).ShouldBe("42");
    }

    [Fact]
    public async Task A_start_that_was_cut_short_leaves_nothing_in_the_way()
    {
        (await DataDirectory.Open(folder, HolderKind.Server)).Dispose();
        Directory.CreateDirectory(Path.Combine(folder, "postgres.new-1", "base"));

        await using var running = await Running.Start(folder);
        (await running.Ask("select 1")).ShouldBe("1");
        Directory.GetDirectories(folder).Select(Path.GetFileName).ShouldBe(["postgres"]);
    }

    [Fact]
    public async Task A_folder_below_a_private_one_works()
    {
        File.SetUnixFileMode(root, (UnixFileMode)0b111_000_000);
        await using var running = await Running.Start(folder);

        (await running.Ask("select 1")).ShouldBe("1");
        // Only the right to read, and only because it could not enter otherwise.
        if (Environment.IsPrivilegedProcess)
            Status(running.Pid, "CapEff").ShouldBe("0000000000000004");
    }

    [Fact]
    public async Task A_long_path_with_spaces_and_quotes_works()
    {
        var deep = Path.Combine(root, new string('d', 120), "it's \"deep\" $HOME");
        await using var running = await Running.Start(deep);

        (await running.Ask("select 1")).ShouldBe("1");
        $"{running.SocketFolder}/.s.PGSQL.5432".Length.ShouldBeLessThanOrEqualTo(107);
    }

    [Fact]
    public async Task A_folder_with_somebody_elses_files_is_refused()
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "thesis.tex"), "", Ct);

        (await Should.ThrowAsync<StartException>(() => DataDirectory.Open(folder, HolderKind.Server))).Message.ShouldContain("not empty");
        Directory.GetFiles(folder).Length.ShouldBe(1);
        (await Should.ThrowAsync<StartException>(() => DataDirectory.Open(Path.Combine(folder, "thesis.tex"), HolderKind.Server)))
            .Message.ShouldContain("is a file");
    }

    [Fact]
    public async Task A_key_from_elsewhere_is_explained()
    {
        await using (await Running.Start(folder))
        {
        }
        File.Delete(Path.Combine(folder, "server.key"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "server.key"), new byte[32], Ct);

        (await Should.ThrowAsync<StartException>(() => Running.Start(folder))).Message.ShouldContain("does not know the key");
        using var directory = await DataDirectory.Open(folder, HolderKind.Server);
    }

    [Fact]
    public async Task Data_of_another_version_is_explained()
    {
        await using (await Running.Start(folder))
        {
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "postgres", "PG_VERSION"), "9\n", Ct);

        var refused = await Should.ThrowAsync<StartException>(() => Running.Start(folder));
        refused.Message.ShouldContain("made by PostgreSQL 9");
        refused.Message.ShouldContain("apt-get install postgresql-9");
    }

    [Fact]
    public async Task A_missing_PostgreSQL_is_explained()
    {
        var refused = await Should.ThrowAsync<StartException>(() => Running.Start(folder, ThrowAway with { Bin = root }));
        refused.Message.ShouldContain(root);
    }

    [Fact]
    public async Task Secrets_follow_from_the_key_and_differ_by_label()
    {
        using (var directory = await DataDirectory.Open(folder, HolderKind.Server))
        {
            directory.Key.Derive("a").ShouldBe(directory.Key.Derive("a"));
            directory.Key.Derive("a").ShouldNotBe(directory.Key.Derive("b"));
            directory.Key.Derive("a").Length.ShouldBe(43);
        }
        var key = await File.ReadAllBytesAsync(Path.Combine(folder, "server.key"), Ct);
        using var again = await DataDirectory.Open(folder, HolderKind.Server);
        again.Key.DeriveBytes("a").ShouldBe(System.Security.Cryptography.HMACSHA256.HashData(key, "a"u8));
    }

    [Fact]
    public async Task One_session_cannot_take_all_memory()
    {
        await using var running = await Running.Start(folder, ThrowAway with { MemoryLimitMegabytes = 600 });

        const string greedy = "select length(array_agg(repeat('x', 1000))::text) from generate_series(1, 2000000)";
        (await Should.ThrowAsync<PostgresException>(() => running.Ask(greedy))).SqlState.ShouldBe("53200");
        (await running.Ask("select 1")).ShouldBe("1");
    }

    [Fact]
    public async Task Its_log_does_not_grow_without_end()
    {
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "postgres.log");
        await File.WriteAllTextAsync(log, new string('a', 500) + new string('b', 1000), Ct);

        PostgresLog.Bind(log, bound: 2000);
        new FileInfo(log).Length.ShouldBe(1500);
        PostgresLog.Bind(log, bound: 1000);
        new FileInfo(log).Length.ShouldBe(0);
        (await File.ReadAllTextAsync(log + ".1", Ct)).ShouldBe(new string('b', 1000));
    }

    [Theory]
    [InlineData("an ordinary user", "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")]
    [InlineData("root as containers have it", "setpriv", "--bounding-set=-sys_ptrace,-dac_read_search", "--inh-caps=-all")]
    public async Task It_works_for_a_server_that_is(string who, params string[] wrapper)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, $"Only root can become {who}.");
        // Where an ordinary user may write, and where its run-time folder would be.
        File.SetUnixFileMode(root, (UnixFileMode)0b111_111_111);
        using var first = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server, wrapper);
        first.Refusal.ShouldBeEmpty();
        await first.Kill();

        using var second = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server, wrapper);
        second.DatabasePid.ShouldBe(first.DatabasePid);
        await second.Kill();
        Kill(second.DatabasePid);

        using var third = await EmbeddedPostgresProcess.Start(folder, HolderKind.Server, wrapper);
        third.Refusal.ShouldBeEmpty();
        (await Running.Ask(third.ConnectionString, "select 1")).ShouldBe("1");
        await third.End();
        IsAlive(third.DatabasePid).ShouldBeFalse();
    }
}
