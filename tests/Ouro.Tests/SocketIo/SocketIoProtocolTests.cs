using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.SocketIo;

/// <summary>The protocol as no real client speaks it, and those parts that only show on the wire.</summary>
public class SocketIoProtocolTests
{
    [Fact]
    public async Task The_handshake_says_what_the_client_must_know()
    {
        await using var house = await SocketHouse.Start();
        var text = await house.Http.GetStringAsync(house.Address());
        var open = JsonElement.Parse(text[1..]);
        open.GetProperty("sid").GetString()!.Length.ShouldBe(20);
        open.GetProperty("upgrades").GetRawText().ShouldBe("""["websocket"]""");
        open.GetProperty("pingInterval").GetInt32().ShouldBe(25_000);
        open.GetProperty("pingTimeout").GetInt32().ShouldBe(20_000);
        open.GetProperty("maxPayload").GetInt32().ShouldBe(1_000_000);
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused_with_the_number_that_clients_know()
    {
        await using var house = await SocketHouse.Start();
        (await house.Refusal($"{house.Url}/socket.io/?EIO=4&transport=pigeon")).ShouldBe((HttpStatusCode.BadRequest, 0));
        (await house.Refusal($"{house.Url}/socket.io/?EIO=4")).ShouldBe((HttpStatusCode.BadRequest, 0));
        (await house.Refusal(house.Address("unknown"))).ShouldBe((HttpStatusCode.BadRequest, 1));
        (await house.Refusal(house.Address(), HttpMethod.Post)).ShouldBe((HttpStatusCode.BadRequest, 2));
        (await house.Refusal(house.Address(), HttpMethod.Delete)).ShouldBe((HttpStatusCode.BadRequest, 2));
        (await house.Refusal(house.Address(transport: "websocket"))).ShouldBe((HttpStatusCode.BadRequest, 3));
        (await house.Refusal($"{house.Url}/socket.io/?EIO=3&transport=polling")).ShouldBe((HttpStatusCode.BadRequest, 5));
    }

    [Theory]
    [InlineData("https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("own", HttpStatusCode.OK)]
    public async Task A_page_from_elsewhere_opens_no_sockets(string origin, HttpStatusCode status)
    {
        await using var house = await SocketHouse.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, house.Address());
        request.Headers.Add("Origin", origin == "own" ? house.Url : origin);
        (await house.Http.SendAsync(request)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task The_house_has_a_last_place()
    {
        await using var house = await SocketHouse.Start(options => options.MaxSockets = 1);
        var first = await house.Handshake();
        (await house.Refusal(house.Address())).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await house.Post(first, "1");
        await house.Handshake();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_the_end()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        (await house.Post(sid, "42[\"count\",\"" + new string('x', 1_000_000) + "\"]")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await house.Refusal(house.Address(sid))).ShouldBe((HttpStatusCode.BadRequest, 1));

        sid = await house.Enter();
        using var chunked = new HttpRequestMessage(HttpMethod.Post, house.Address(sid)) { Content = new StringContent(new string('x', 1_100_000)) };
        chunked.Headers.TransferEncodingChunked = true;
        (await house.Http.SendAsync(chunked)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Two_polls_at_once_end_the_session()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        var first = house.Http.GetAsync(house.Address(sid));
        await Task.Delay(100);
        (await house.Refusal(house.Address(sid))).ShouldBe((HttpStatusCode.BadRequest, 3));
        (await first).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await SocketIoTests.Until(() => house.Left.Contains("raw: two polls at once"));
    }

    [Fact]
    public async Task Two_posts_at_once_end_the_session()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<object>());
        await using var house = await SocketHouse.Start(options => options.Connect(_ =>
        {
            asked.SetResult();
            return answer.Task;
        }));
        var sid = await house.Handshake();
        var first = house.Post(sid, "40");
        await asked.Task;
        (await house.Post(sid, "3")).Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.SetResult("ada");
        await first;
        await SocketIoTests.Until(() => house.Left.Contains("ada: two posts at once"));
        house.Server.Sockets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("2")] // only servers ping
    [InlineData("5")] // no upgrade without a WebSocket
    [InlineData("4")]
    [InlineData("49")]
    [InlineData("42")]
    [InlineData("42{}")]
    [InlineData("42[]")]
    [InlineData("42[1]")]
    [InlineData("42[\"say\"")]
    [InlineData("42[\"\\ud800\"]")]
    [InlineData("42[\"connect\"]")] // would break those who receive it
    [InlineData("42/admin,[\"say\"]")]
    [InlineData("4299999999999999999999999[\"say\"]")]
    [InlineData("44{\"message\":\"no\"}")]
    [InlineData("40{\"token\":\"secret\",\"name\":\"twice\"}")]
    [InlineData("41\u001e42[\"say\"]")] // said after leaving
    [InlineData("bAAEC")] // bytes that nobody announced
    [InlineData("45[\"say\"]")]
    [InlineData("4511-[\"say\"]")] // more attachments than allowed
    [InlineData("45-1-[\"say\"]")]
    [InlineData("451-[\"say\",{\"_placeholder\":true,\"num\":0}]\u001ebnot base64")]
    [InlineData("451-[\"say\",{\"_placeholder\":true,\"num\":0}]\u001e42[\"say\"]")]
    [InlineData("451-[\"say\",{\"_placeholder\":true,\"num\":1}]\u001ebAAEC")]
    [InlineData("451-[\"say\",[{\"_placeholder\":1,\"num\":-1}]]\u001ebAAEC")]
    public async Task A_packet_that_breaks_the_protocol_ends_the_session(string body)
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        (await house.Post(sid, body)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await house.Refusal(house.Address(sid))).ShouldBe((HttpStatusCode.BadRequest, 1));
        await SocketIoTests.Until(() => house.Server.Sockets.Count == 0);
    }

    [Fact]
    public async Task Text_that_is_no_utf8_is_relayed_to_nobody()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        using var body = new ByteArrayContent([.. "42[\"say\",\"lab\",\""u8, 0xff, .. "\"]"u8]);
        (await house.Http.PostAsync(house.Address(sid), body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Events_before_the_namespace_end_the_session()
    {
        await using var house = await SocketHouse.Start();
        (await house.Post(await house.Handshake(), """42["whoami"]""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_relayed_stays_as_it_was_written()
    {
        await using var house = await SocketHouse.Start();
        var (ada, bob) = (await house.Enter("ada"), await house.Enter("bob"));
        await house.Post(bob, """420["join","lab"]""");
        (await house.Poll(bob)).ShouldBe("""430[{"ok":true}]""");
        await house.Post(ada, """42["say", "lab", {"n": 1.50e+3, "t": "\u00e9é<\/b>", "n": 12345678901234567890}, [ ]]""");
        (await house.Poll(bob)).ShouldBe("""42["say","lab",{"n": 1.50e+3, "t": "\u00e9é<\/b>", "n": 12345678901234567890},[ ]]""");

        await house.Post(ada, "451-[\"say\",\"lab\",{\"_placeholder\":true,\"num\":0}]\u001ebAAEC/w==");
        (await house.Poll(bob)).ShouldBe("451-[\"say\",\"lab\",{\"_placeholder\":true,\"num\":0}]\u001ebAAEC/w==");
    }

    [Fact]
    public async Task Events_are_handled_one_after_the_other_and_acknowledged_in_order()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        await house.Post(sid, string.Join('\u001e', Enumerable.Range(0, 20).Select(number => $"42{number}[\"slowly\",{number}]")));
        await SocketIoTests.Until(() => house.Handled.Count == 20);
        house.Handled.ShouldBe(Enumerable.Range(0, 20).Select(number => $"{number} of 0"));
    }

    [Fact]
    public async Task An_answer_to_a_poll_has_no_more_packets_than_the_python_client_reads()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        await house.Post(sid, """421["flood",40]""");
        await Task.Delay(100);
        var sizes = new List<int>();
        while (sizes.Sum() < 41)
            sizes.Add((await house.Poll(sid)).Split('\u001e').Length);
        sizes.ShouldBe([16, 16, 9]);
    }

    [Fact]
    public async Task A_handler_with_a_bug_ends_nothing()
    {
        await using var house = await SocketHouse.Start();
        var sid = await house.Enter();
        await house.Post(sid, "421[\"fails\"]\u001e422[\"unknown\"]\u001e423[\"whoami\"]");
        (await house.Poll(sid)).ShouldBe("""433["raw"]""");
    }

    [Fact]
    public async Task Stopping_waits_for_no_poll()
    {
        using var http = new HttpClient();
        Task<HttpResponseMessage> polling;
        await using (var house = await SocketHouse.Start())
        {
            var sid = await house.Enter();
            polling = http.GetAsync(house.Address(sid));
            await Task.Delay(100);
        }
        (await polling.WaitAsync(TimeSpan.FromSeconds(2))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
