using System.Net;
using System.Text.Json;
using Shouldly;

namespace Ouro.Tests.Files;

/// <summary>Files as clients send them.</summary>
public static class Sent
{
    public const string Cif = "data_Fe\n_cell_length_a 2.87\n_cell_length_b 2.87\n_cell_length_c 2.87\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nFe1 0 0 0\nFe2 0.5 0.5 0.5\n";

    /// <summary>The first step of the public Python client: the whole file in base64.</summary>
    public static async Task<JsonElement> Upload(this Person person, byte[] bytes, string name = "Fe.cif", string visibility = "public") =>
        (await person.Post("/files/upload", new { file_name = name, file_base64 = Convert.ToBase64String(bytes), visibility, content_type = (string?)null })).Data();

    /// <summary>A file by its three steps.</summary>
    public static async Task<JsonElement> File(this Person person, byte[] bytes, string name = "Fe.cif", string visibility = "public")
    {
        var upload = await person.Upload(bytes, name, visibility);
        var found = (await person.Get($"/files/{upload.GetProperty("id")}/metadata")).Data();
        return (await person.Post("/files/create", new
        {
            file = new
            {
                id = upload.GetProperty("id"), name, visibility, source = "api", asset_type = "file", metadata = found.GetProperty("metadata"), preview = found.GetProperty("preview"),
                attribution = new { originality = "original" },
            },
        })).Data();
    }

    /// <summary>What anybody gets who follows a link.</summary>
    public static async Task<(HttpStatusCode Status, byte[] Bytes, HttpResponseMessage Answer)> Follow(this TestServer server, string url, params (string Name, string Value)[] headers)
    {
        using var http = server.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Root, new Uri(url).PathAndQuery));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(), answer);
    }

    public static string Url(this JsonElement body) => body.Data().GetProperty("url").GetString()!;

    public static async Task<string> DataOf(this Person person, Guid id) => (await person.Get($"/files/{id}/data")).Url();

    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public static void ShouldBe(this byte[] bytes, byte[] expected) => bytes.AsSpan().SequenceEqual(expected).ShouldBeTrue($"{bytes.Length} bytes are not the {expected.Length} expected");
}
