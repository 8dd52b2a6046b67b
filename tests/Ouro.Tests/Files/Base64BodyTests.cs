using System.Text;
using System.Text.Json;
using CsCheck;
using Ouro.Server.Files;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>A file within JSON, however it is written and however it arrives.</summary>
public sealed class Base64BodyTests
{
    const int Piece = 256 << 10;

    [Fact]
    public async Task What_comes_out_is_what_the_framework_would_decode()
    {
        var escaped = Gen.Int[0, 5];
        await Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[1, 64], Gen.Int[0, 1000], Gen.Bool).SampleAsync(async (bytes, chunk, seed, nested) =>
        {
            var random = new Random(seed);
            var written = Written(bytes, random);
            List<string> keys =
            [
                "\"file_name\": \"a\\\"file_base64\\\":\\\"AA==.txt\"", $"\"file_base64\" :\n {written}", "\"content_type\":null",
                nested ? """ "file": {"name":"x","metadata":{"file_base64":"nested","list":["file_base64","}",{"file_base64":"AAAA"}]}} """ : """ "visibility":"private" """,
            ];
            var text = "{" + string.Join(',', keys.OrderBy(_ => random.Next())) + "}";
            var (body, hasFile, read) = await Read(Encoding.UTF8.GetBytes(text), chunk);
            (hasFile, body.FileName).ShouldBe((true, "a\"file_base64\":\"AA==.txt"));
            read.ShouldBe(bytes);
        }, iter: 2000);
    }

    [Fact]
    public async Task What_the_framework_refuses_is_refused()
    {
        var letters = Gen.Char["ABab01+/=-_ \n*é"];
        await Gen.Select(letters.Array[0, 24], Gen.Int[1, 9]).SampleAsync(async (signs, chunk) =>
        {
            var text = new string(signs);
            byte[]? expected = null;
            try
            {
                expected = Convert.FromBase64String(text);
                // The framework lets bits pass that mean nothing; what is written so was damaged.
                if (Convert.ToBase64String(expected) != string.Concat(text.Where(c => c is not (' ' or '\n')))) expected = null;
            }
            catch (FormatException) { }
            var json = $$"""{"file_name":"a","file_base64":{{JsonSerializer.Serialize(text)}}}""";
            if (expected is not null) (await Read(Encoding.UTF8.GetBytes(json), chunk)).Bytes.ShouldBe(expected);
            else (await Should.ThrowAsync<Refusal>(() => Read(Encoding.UTF8.GetBytes(json), chunk))).Code.ShouldBe("invalid_fields");
        }, iter: 3000);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(-3)]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_file_that_ends_where_a_piece_of_the_reading_ends_is_whole(int more)
    {
        foreach (var pieces in (int[])[1, 2, 3])
        {
            var bytes = Tus.Noise(pieces * Piece / 4 * 3 + more);
            var json = $$"""{"file_name":"a","file_base64":"{{Convert.ToBase64String(bytes)}}"}""";
            (await Read(Encoding.UTF8.GetBytes(json), int.MaxValue)).Bytes.ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task Spaces_are_no_content_however_many()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var json = $$"""{"file_name":"a","file_base64":"AA{{new string(' ', 3 * Piece + 5)}}AA"}""";
        var reading = Task.Run(() => Read(Encoding.UTF8.GetBytes(json), 7000));
        (await reading.WaitAsync(patience.Token)).Bytes.ShouldBe([0, 0, 0]);
    }

    [Theory]
    [InlineData("""{"file_name":"a","file_base64":"AAAA","file_base64":"AAAA"}""", "invalid_fields")]
    [InlineData("""{"file_name":"a","file_base64":"AAAA""", "malformed_body")]
    [InlineData("""{"file_name":"a","file_base64":"AA\""", "malformed_body")]
    [InlineData("""{"file_name":"a","file_base64":"AA\u00""", "malformed_body")]
    [InlineData("""{"file_name":"a","file_base64":"AA==AAAA"}""", "invalid_fields")]
    [InlineData("""{"file_name":"a","file_base64":"AA\u003d\u003dAAAA"}""", "invalid_fields")]
    [InlineData("""{"file_name":"a","file_base64":"A"}""", "invalid_fields")]
    [InlineData("""{"file_name":"a","file_base64":"AA=A"}""", "invalid_fields")]
    [InlineData("""{"file_name":"a","file_base64":"AA\b="}""", "invalid_fields")]
    public async Task A_body_that_is_wrong_is_refused_with_its_code(string json, string code)
    {
        for (var chunk = 1; chunk < 12; chunk++) (await Should.ThrowAsync<Refusal>(() => Read(Encoding.UTF8.GetBytes(json), chunk))).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("""{"file_name":"a","file_base64":null}""")]
    [InlineData("""{"file_name":"a","file_base64":null,"file":{"metadata":{"file_base64":"AAAA"}}}""")]
    [InlineData("""{"file_name":"a"}""")]
    public async Task A_body_without_a_file_says_so(string json) => (await Read(Encoding.UTF8.GetBytes(json), 3)).HasFile.ShouldBeFalse();

    [Theory]
    [InlineData("""["file_base64","AAAA"]""")]
    [InlineData("""{"file_base64":12,"file_name":"a"}""")]
    [InlineData("""{"file_base64":"AAAA","file_name":"a"}}""")]
    [InlineData("""{"file_base64":"AAAA" "file_name":"a"}""")]
    [InlineData("""{"file_base64" "AAAA","file_name":"a"}""")]
    [InlineData("")]
    public async Task What_is_no_JSON_is_told_to_be_none(string json) => await Should.ThrowAsync<JsonException>(() => Read(Encoding.UTF8.GetBytes(json), 5));

    [Fact]
    public async Task Besides_the_file_a_body_has_a_megabyte()
    {
        var json = $$"""{"file_name":"a","file_base64":"AAAA","content_type":"{{new string('x', 2 << 20)}}"}""";
        (await Should.ThrowAsync<Refusal>(() => Read(Encoding.UTF8.GetBytes(json), 5000))).Status.ShouldBe(413);
    }

    /// <summary>The base64 of bytes as a JSON string, some of its signs escaped and some lines broken.</summary>
    static string Written(byte[] bytes, Random random)
    {
        var text = new StringBuilder("\"");
        foreach (var sign in Convert.ToBase64String(bytes))
        {
            if (random.Next(20) == 0) text.Append(random.Next(4) switch { 0 => "\\n", 1 => "\\r\\n", 2 => " ", _ => "\\t" });
            text.Append(random.Next(8) != 0 ? sign.ToString() : sign == '/' && random.Next(2) == 0 ? "\\/" : $"\\u{(int)sign:x4}");
        }
        return text.Append('"').ToString();
    }

    static async Task<(UploadBody Body, bool HasFile, byte[] Bytes)> Read(byte[] json, int chunk)
    {
        using var decoded = new MemoryStream();
        var (body, hasFile) = await Base64Body.Read(new Drops(json, chunk), bytes => { decoded.Write(bytes.Span); return default; }, default);
        return (body, hasFile, decoded.ToArray());
    }

    /// <summary>A body that arrives in pieces of a size.</summary>
    sealed class Drops(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
