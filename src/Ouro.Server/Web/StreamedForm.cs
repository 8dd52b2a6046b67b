using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Ouro.Server.Web;

/// <summary>A file in a form, at the moment when its bytes arrive.</summary>
public sealed record FormFile(string Name, string? ContentType, Stream Body);

/// <summary>
/// A form of files of any size without script: its fields come first and its files last, each of which goes to where it belongs as it arrives. The
/// antiforgery token is one of the fields, so it is checked before the first byte of a file.
/// </summary>
public static class StreamedForm
{
    const int MostFields = 16;
    const int LongestField = 64 << 10;

    /// <summary>Reads a form. <paramref name="fields"/> fills while it is read, so that a page can show what was typed; an empty file is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="page">Where the form stands.</param>
    /// <param name="fields">What was typed.</param>
    /// <param name="take">Takes a file; false where it wants no other.</param>
    /// <param name="ct">Stops reading.</param>
    public static async Task Read(HttpContext context, string page, Dictionary<string, string> fields, Func<FormFile, Task<bool>> take, CancellationToken ct)
    {
        try
        {
            var parts = new MultipartReader(Boundary(context.Request, page), context.Request.Body);
            while (await parts.ReadNextSectionAsync(ct) is { } part)
            {
                var about = part.GetContentDispositionHeader();
                if (about?.Name.Value is not { Length: > 0 } name) continue;
                name = HeaderUtilities.RemoveQuotes(name).Value!;
                if (!about.IsFileDisposition())
                {
                    if (fields.Count == MostFields) throw new Refusal(413, "form_too_large", $"This form has more than {MostFields} fields.", $"Use the form at {page}.");
                    fields[name] = await Text(part, ct);
                    continue;
                }
                context.Request.Headers[WebDoor.TokenHeader] = fields.GetValueOrDefault(WebDoor.TokenField);
                await WebDoor.MustBeOurs(context);
                var file = about.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(about.FileName).Value;
                if (!string.IsNullOrEmpty(file) && !await take(new(file, part.ContentType, part.Body))) return;
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            throw Refusal.Invalid("no_form", "The form is broken off, or not a form.", $"Use the form at {page}.");
        }
    }

    /// <summary>A field that says something.</summary>
    public static string? Set(this Dictionary<string, string> fields, string name) => fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    static async Task<string> Text(MultipartSection part, CancellationToken ct)
    {
        var (buffer, length) = (new byte[LongestField + 1], 0);
        for (int read; (read = await part.Body.ReadAsync(buffer.AsMemory(length), ct)) > 0; length += read) { }
        return length <= LongestField
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw new Refusal(413, "form_too_large", "A field of this form is longer than 64 kB.", "Shorten it.");
    }

    static string Boundary(HttpRequest request, string page) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 200 } boundary
            ? boundary
            : throw Refusal.Invalid("no_form", "This takes a form with a file.", $"Use the form at {page}.");
}
