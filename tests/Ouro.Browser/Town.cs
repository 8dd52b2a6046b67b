using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ouro.Tests;

namespace Ouro.Browser;

/// <summary>A server with people and a few datasets on it, made through the API.</summary>
public sealed class Town : TestServer
{
    public Person Ada { get; private set; } = null!;

    public Person Bob { get; private set; } = null!;

    /// <summary>A public dataset of Ada's with 1,461 rows.</summary>
    public string Weather { get; private set; } = "";

    /// <summary>A private dataset of Ada's, with long texts and missing values.</summary>
    public string Films { get; private set; } = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Ada = await Join("ada");
        Bob = await Join("bob");
        var crawler = await Join("crawler", ActorType.Agent);
        await Found("crystal-lab", Ada);
        var weather = await Import(Ada, "Seattle weather", "public", WeatherCsv(),
            "Daily weather in Seattle over four years: precipitation, temperature and wind, as a station reported them.", "seattle-weather.csv");
        Weather = weather.Address;
        Films = (await Import(Ada, "Films", "private", FilmsJson(), null, "films.json")).Address;
        foreach (var (person, role) in new[] { (Bob, "read"), (crawler, "write") })
            await Share(Ada, weather.Id, person, role);
        for (var i = 1; i <= 3; i++)
            await Import(Bob, $"Sensor {i} readings", "public", "at,value\n2026-01-01T00:00:00Z,1.5\n2026-01-01T00:01:00Z,\n", i == 2 ? "Raw readings, one a minute." : null);
    }

    /// <summary>Makes a dataset of a file; tells its id and its path on the web.</summary>
    public static async Task<(Guid Id, string Address)> Import(Person owner, string name, string visibility, string content, string? about = null, string file = "data.csv")
    {
        var answer = await owner.Http.PostAsync(
            $"/api/datasets/create/from-file?name={Uri.EscapeDataString(name)}&visibility={visibility}&file_name={file}"
                + (about is null ? "" : "&description=" + Uri.EscapeDataString(about)),
            new ByteArrayContent(Encoding.UTF8.GetBytes(content)));
        var asset = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        return (asset.GetProperty("id").GetGuid(), asset.GetProperty("slug").GetString()!);
    }

    public static async Task Share(Person owner, Guid asset, Person with, string role) =>
        (await owner.Http.PutAsJsonAsync($"/api/assets/{asset}/share", new { permission = new { user = new { user_id = with.Id }, role } })).EnsureSuccessStatusCode();

    static string WeatherCsv()
    {
        string[] kinds = ["drizzle", "rain", "sun", "snow", "fog"];
        var csv = new StringBuilder("date,precipitation,temp_max,temp_min,wind,weather\n");
        for (var (day, i) = (new DateOnly(2012, 1, 1), 0); i < 1461; i++, day = day.AddDays(1))
        {
            var warm = 14 - 9 * Math.Cos(2 * Math.PI * i / 365.25) + i * 7 % 11 / 3.0;
            csv.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{(i * 13 % 7 < 3 ? i * 17 % 90 / 10.0 : 0):0.0},{warm:0.0},{warm - 5 - i % 4:0.0},{1 + i * 5 % 60 / 10.0:0.0},{kinds[i * 31 % 5]}\n");
        }
        return csv.ToString();
    }

    static string FilmsJson() => JsonSerializer.Serialize(Enumerable.Range(0, 40).Select(i => new
    {
        title = i % 9 == 0 ? $"The Very Long and Winding Title of Film Number {i}, Which Went On for Longer Than Anybody in the Audience Had Expected" : $"Film {i}",
        director = i % 4 == 0 ? null : $"Director {i % 7}",
        us_gross = i % 5 == 0 ? (long?)null : 146_083L * (i + 1),
        imdb_rating = i % 6 == 0 ? (double?)null : 4 + i % 50 / 10.0,
        in_colour = i % 3 == 0,
        released_at = i % 8 == 0 ? null : $"{1990 + i % 30}-0{1 + i % 9}-11T20:{i:00}:00Z",
    }));
}
