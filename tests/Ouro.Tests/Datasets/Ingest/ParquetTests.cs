using System.Numerics;
using Ouro.Server.Datasets;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using Parquet.Serialization;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

public sealed class ParquetTests(ScratchDatabase database) : ImportTest(database)
{
    static readonly DateTime At = new(2024, 5, 31, 12, 30, 0, 250, DateTimeKind.Utc);

    [Fact]
    public async Task Every_type_keeps_its_values_and_its_nulls()
    {
        DataField[] fields =
        [
            new DataField<int?>("Whole"), new DataField<double?>("share"), new DataField<float>("small"), new DataField<bool?>("ok"),
            new DataField<string>("word"), new DecimalDataField("price", 10, 2, isNullable: true),
            new DateTimeDataField("at", DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: true),
            new DataField<DateOnly?>("day"), new DataField<ulong>("huge"), new DataField<Guid>("id"),
        ];
        var id = Guid.CreateVersion7();
        var bytes = await Write(fields, async group =>
        {
            await group.WriteAsync<int>(fields[0], new int?[] { 1, null, -3 });
            await group.WriteAsync<double>(fields[1], new double?[] { 0.1, double.NaN, null });
            await group.WriteAsync<float>(fields[2], new[] { 0.1f, 5f, float.PositiveInfinity });
            await group.WriteAsync<bool>(fields[3], new bool?[] { true, null, false });
            await group.WriteAsync(fields[4], new[] { "1", null!, "ü" });
            await group.WriteAsync<decimal>(fields[5], new decimal?[] { 12.30m, null, -0.05m });
            await group.WriteAsync<DateTime>(fields[6], new DateTime?[] { At, null, At });
            await group.WriteAsync<DateOnly>(fields[7], new DateOnly?[] { new(2024, 2, 29), null, new(1969, 12, 31) });
            await group.WriteAsync<ulong>(fields[8], new[] { 1UL, ulong.MaxValue, 2UL });
            await group.WriteAsync<Guid>(fields[9], new[] { id, id, id });
        });

        var report = await Load(bytes);
        Types(report).ShouldBe("whole:Bigint share:DoublePrecision small:DoublePrecision ok:Boolean word:Text price:Numeric at:Timestamptz " +
            "day:Date huge:Numeric id:Text");
        (await Rows()).ShouldBe([
            $"1|1|0.1|0.1|true|1|12.30|2024-05-31T12:30:00.25Z|2024-02-29|1|{id}",
            $"2|∅|∅|5|∅|∅|∅|∅|∅|18446744073709551615|{id}",
            $"3|-3|∅|∅|false|ü|-0.05|2024-05-31T12:30:00.25Z|1969-12-31|2|{id}",
        ]);
        report.Columns[1].Nulls.ShouldBe(2);
        report.Columns[8].Widened.ShouldBe(new(ColumnType.Bigint, 2, "18446744073709551615"));
    }

    [Fact]
    public async Task A_decimal_of_thirty_eight_digits_keeps_them()
    {
        var field = new BigDecimalDataField("d", 38, 10);
        var bytes = await Write([field], group =>
            group.WriteAsync<BigDecimal>(field, new[] { new BigDecimal(BigInteger.Parse("12345678901234567890123456780123456789"), 38, 10) }));

        await Load(bytes);
        (await Rows("d::text")).ShouldBe(["1234567890123456789012345678.0123456789"]);
    }

    sealed record Reading(int Id, List<int>? Values, Place? Place, Dictionary<string, double>? Parts, List<Place>? Places)
    {
        public Reading() : this(0, null, null, null, null)
        {
        }
    }

    sealed record Place(string? Town, int? Floor)
    {
        public Place() : this(null, null)
        {
        }
    }

    [Fact]
    public async Task Lists_maps_and_structures_become_json_text()
    {
        var stream = new MemoryStream();
        await ParquetSerializer.SerializeAsync<Reading>(
        [
            new(1, [1, 2], new("Ulm", 3), new() { ["a"] = 0.5 }, [new("x", 1), new(null, null)]),
            new(2, [], new(null, null), [], []),
            new(3, null, null, null, null),
            new(4, [7], new("Ö\"", null), new() { ["b"] = 1, ["c"] = 2 }, [new("y", 2)]),
        ], stream);

        Types(await Load(stream.ToArray())).ShouldBe("id:Bigint values:Text place:Text parts:Text places:Text");
        (await Rows("id, values, place, parts, places")).ShouldBe([
            """1|[1,2]|{"Town":"Ulm","Floor":3}|{"a":0.5}|[{"Town":"x","Floor":1},{"Town":null,"Floor":null}]""",
            """2|[]|{"Town":null,"Floor":null}|{}|[]""",
            "3|∅|∅|∅|∅",
            """4|[7]|{"Town":"Ö\"","Floor":null}|{"b":1,"c":2}|[{"Town":"y","Floor":2}]""",
        ]);
    }

    [Fact]
    public async Task Row_groups_follow_one_another()
    {
        var field = new DataField<int>("n");
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), stream))
            for (var g = 0; g < 3; g++)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<int>(field, Enumerable.Range(g * 1000, 1000).ToArray());
            }

        (await Load(stream.ToArray())).Rows.ShouldBe(3000);
        (await Count($"select count(*) from datasets.{Server.Data.Sql.Identifier(Table)} where _row = n + 1")).ShouldBe(3000);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(12)]
    [InlineData(1)]
    public async Task A_file_that_was_cut_off_is_refused(int missing)
    {
        var bytes = await Numbers(100);
        (await Refused(bytes[..^missing])).Code.ShouldBe("unreadable_file");
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(64, 1)]
    [InlineData(64, 2)]
    [InlineData(300, 0)]
    [InlineData(300, 1)]
    [InlineData(300, 2)]
    [InlineData(300, 0, 1, 2)]
    public async Task A_file_that_lies_about_its_rows_is_refused(int claimed, params int[] places)
    {
        var bytes = await Numbers(100);
        // The footer counts rows in three places, as zigzag varints: twice the number, seven bits a byte.
        var at = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8);
        for (var place = 0; place < 3; place++, at += 2)
        {
            at += bytes.AsSpan(at).IndexOf([(byte)0xc8, (byte)0x01]);
            if (places.Contains(place)) (bytes[at], bytes[at + 1]) = ((byte)(2 * claimed | 0x80), (byte)(2 * claimed >> 7));
        }
        (await Refused(bytes)).Code.ShouldBe("unreadable_file");
    }

    [Fact]
    public async Task A_file_that_claims_billions_of_rows_takes_no_memory_for_them()
    {
        var bytes = await Numbers(100);
        var footer = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8);
        var claiming = bytes[..footer].ToList();
        for (var at = footer; at < bytes.Length - 8; at++)
        {
            if (bytes.AsSpan(at).StartsWith([(byte)0xc8, (byte)0x01]))
            {
                claiming.AddRange([0x80, 0xa8, 0xd6, 0xb9, 0x07]);
                at++;
            }
            else claiming.Add(bytes[at]);
        }
        claiming.AddRange(BitConverter.GetBytes(claiming.Count - footer));
        claiming.AddRange("PAR1"u8.ToArray());
        (await Refused([.. claiming])).Code.ShouldBe("row_group_too_large");
    }

    [Fact]
    public async Task A_file_whose_pages_are_noise_is_refused()
    {
        var bytes = await Numbers(100);
        for (var i = 4; i < 60; i++) bytes[i] = 0xff;
        (await Refused(bytes)).Code.ShouldBe("unreadable_file");
    }

    [Fact]
    public async Task A_name_does_not_make_a_file_Parquet() =>
        (await Refused("a,b\n1,2\n", new(FileName: "x.parquet"))).Code.ShouldBe("unreadable_file");

    static Task<byte[]> Numbers(int rows)
    {
        var field = new DataField<int>("n");
        return Write([field], group => group.WriteAsync<int>(field, Enumerable.Range(0, rows).ToArray()));
    }

    static async Task<byte[]> Write(DataField[] fields, Func<ParquetRowGroupWriter, Task> write)
    {
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream))
        {
            using var group = writer.CreateRowGroup();
            await write(group);
        }
        return stream.ToArray();
    }
}
