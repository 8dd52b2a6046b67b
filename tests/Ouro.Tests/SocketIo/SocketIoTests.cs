using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Ouro.Server.SocketIo;
using Shouldly;
using Xunit;

namespace Ouro.Tests.SocketIo;

/// <summary>The protocol as the real client speaks it.</summary>
public class SocketIoTests
{
    const string Polling = "polling", WebSocket = "websocket", Both = "polling,websocket";

    [Theory, InlineData(Polling, Polling), InlineData(WebSocket, WebSocket), InlineData(Both, WebSocket)]
    public async Task A_client_connects_on_every_transport(string transports, string endsOn)
    {
        await using var house = await SocketHouse.Start();
        var seen = await house.Client("connects", transports);
        seen.GetProperty("whoami").GetString().ShouldBe("ada");
        seen.GetProperty("transport").GetString().ShouldBe(endsOn);
        seen.GetProperty("secretIdShown").GetBoolean().ShouldBeFalse();
        await Until(() => house.Left.Contains("ada: client left") || house.Left.Contains("ada: transport closed"));
        house.Server.Sockets.ShouldBeEmpty();
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_wrong_token_is_refused_with_message_and_data(string transports)
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("refused", transports)).GetRawText()
            .ShouldBe("""{"message":"This token is not valid.","data":{"code":"bad_token"},"connected":false}""");
    }

    [Fact]
    public async Task Another_namespace_is_refused()
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("namespace", Polling)).GetRawText().ShouldBe("""{"message":"Invalid namespace"}""");
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_client_gets_its_ack(string transports)
    {
        await using var house = await SocketHouse.Start();
        var seen = await house.Client("acks", transports);
        seen.GetProperty("echo").GetProperty("text").GetString().ShouldBe(seen.GetProperty("text").GetString());
        seen.GetProperty("echo").GetProperty("list").GetRawText().ShouldBe("[1,[2]]");
        seen.GetProperty("empty").GetBoolean().ShouldBeTrue();
    }

    [Theory, InlineData(Polling), InlineData(WebSocket), InlineData(Both)]
    public async Task A_room_hears_what_its_members_say_except_the_speaker(string transports)
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("relays", transports)).GetRawText().ShouldBe(
            """{"joins":[{"ok":true},{"ok":true}],"args":["lab",{"text":"hello","key with space":[1,2]},3],"heard":{"ada":0,"eve":0}}""");
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task Bytes_are_relayed_with_their_event(string transports)
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("binary", transports)).GetRawText()
            .ShouldBe("""{"isBuffer":true,"image":[0,1,2,30,255],"second":"second","text":"text","echo":3}""");
    }

    [Theory, InlineData(Polling), InlineData(WebSocket), InlineData(Both)]
    public async Task Events_keep_their_order_also_through_an_upgrade(string transports)
    {
        await using var house = await SocketHouse.Start();
        var seen = await house.Client("order", transports);
        seen.GetProperty("count").GetInt32().ShouldBe(300);
        seen.GetProperty("sorted").GetBoolean().ShouldBeTrue();
        seen.GetProperty("transport").GetString().ShouldBe(transports == Polling ? Polling : WebSocket);
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_client_that_was_disconnected_may_come_back_when_it_wants(string transports)
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("returns", transports)).GetRawText()
            .ShouldBe("""{"reason":"io server disconnect","stayedAway":true,"whoami":"ada","other":true}""");
        house.Left.ShouldContain("ada: server disconnect");
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_client_comes_back_by_itself_after_a_restart(string transports)
    {
        await using var house = await SocketHouse.Start();
        var started = Stopwatch.GetTimestamp();
        var seen = await house.Client("restart", transports);
        seen.GetProperty("reason").GetString().ShouldBe(transports == Polling ? "transport error" : "transport close");
        seen.GetProperty("whoami").GetString().ShouldBe("ada");
        house.Left.ShouldContain("ada: server stops");
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10)); // the server waited for nobody
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_payload_over_the_limit_ends_the_session(string transports)
    {
        await using var house = await SocketHouse.Start();
        var seen = await house.Client("large", transports);
        seen.GetProperty("fits").GetInt32().ShouldBe(900_000);
        seen.GetProperty("reason").GetString().ShouldBeOneOf("transport error", "transport close");
        await Until(() => house.Left.Any(left => left.EndsWith(" too large", StringComparison.Ordinal)));
    }

    [Theory, InlineData(Polling), InlineData(WebSocket)]
    public async Task A_client_that_answers_pings_stays(string transports)
    {
        await using var house = await SocketHouse.Start(Impatient);
        (await house.Client("stays", transports)).GetRawText().ShouldBe("""{"left":false,"whoami":"ada"}""");
    }

    [Fact]
    public async Task Many_messages_reach_a_polling_client()
    {
        await using var house = await SocketHouse.Start();
        (await house.Client("flood", Polling)).GetProperty("heard").GetInt32().ShouldBe(200);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_client_that_vanishes_is_cleaned_up(bool onWebSocket)
    {
        await using var house = await SocketHouse.Start(Impatient);
        using var socket = new ClientWebSocket();
        if (onWebSocket)
            await Enter(socket, house, "raw");
        else
            await house.Enter();
        await Until(() => house.Left.Contains("raw: ping timeout"));
        house.Server.Sockets.ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_who_never_enters_the_namespace_is_cleaned_up()
    {
        await using var house = await SocketHouse.Start(Impatient);
        var sid = await house.Handshake();
        await Task.Delay(600);
        (await house.Refusal(house.Address(sid))).ShouldBe((HttpStatusCode.BadRequest, 1));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_slow_consumer_is_disconnected(bool onWebSocket)
    {
        await using var house = await SocketHouse.Start(options => options.MaxQueuedBytes = 2_000_000);
        using var socket = new ClientWebSocket();
        if (onWebSocket)
            await Enter(socket, house, "slow");
        else
            await house.Enter("slow");
        var talker = await house.Enter("talker");
        house.Server.Sockets.Single(one => (string)one.Identity == "slow").Join("lab");
        // The operating system takes some megabytes of what nobody reads, before the server notices.
        for (var times = 0; times < 60 && house.Left.IsEmpty; times++)
            await house.Post(talker, $"""42["say","lab","{new string('x', 900_000)}"]""");
        await Until(() => house.Left.Contains("slow: slow consumer"));
        house.Server.Sockets.Select(one => one.Identity).ShouldBe(["talker"]);
    }

    [Fact]
    public async Task A_socket_that_is_being_let_in_while_its_key_is_revoked_stays_out()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<object>());
        await using var house = await SocketHouse.Start(options => options.Connect(_ =>
        {
            asked.SetResult();
            return answer.Task;
        }));
        var sid = await house.Handshake();
        var posting = house.Post(sid, "40");
        await asked.Task;
        house.Server.DisconnectWhere(socket => (string)socket.Identity == "ada").ShouldBe(0);
        answer.SetResult("ada");
        await posting;
        (await house.Poll(sid)).ShouldStartWith("44{\"message\":");
        house.Server.Sockets.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_that_leaves_the_namespace_is_heard_out_and_may_enter_again()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        await house.Post(sid, string.Join('\u001e',
            """42["join","lab"]""", """42["slowly",1]""", """42["slowly",2]""", "41", """40{"token":"secret","name":"again"}"""));
        house.Handled.ShouldBe(["1 of 1", "2 of 1"]);
        house.Left.ShouldBe(["raw: client left"]);
        house.Server.Sockets.Select(socket => socket.Identity).ShouldBe(["again"]);
        (await house.Poll(sid)).ShouldStartWith("40{");
    }

    /// <summary>Enters on a WebSocket that reads nothing more and answers nothing.</summary>
    static async Task Enter(ClientWebSocket socket, SocketHouse house, string name)
    {
        await socket.ConnectAsync(new(house.Address(transport: WebSocket).Replace("http", "ws", StringComparison.Ordinal)), default);
        var question = Encoding.UTF8.GetBytes($$"""40{"token":"secret","name":"{{name}}"}""");
        await socket.SendAsync(question, WebSocketMessageType.Text, true, default);
        await Until(() => house.Server.Sockets.Count > 0);
    }

    internal static void Impatient(SocketIoOptions options) =>
        (options.PingInterval, options.PingTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));

    internal static async Task Until(Func<bool> done)
    {
        var started = Stopwatch.GetTimestamp();
        while (!done())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10), "It did not come true in time.");
            await Task.Delay(20);
        }
    }
}
