using System.Text;

namespace Ouro.Server.Assets;

/// <summary>The answer that is a file. What fails after its first byte breaks the connection, so that a part is never taken for the whole.</summary>
public sealed class DownloadAnswer(Download file) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Response;
        answer.ContentType = file.ContentType;
        answer.ContentLength = file.Length;
        answer.Headers.ContentDisposition = Disposition(file.FileName);
        // What a user published is never run as a page of this site.
        answer.Headers.XContentTypeOptions = "nosniff";
        answer.Headers.ContentSecurityPolicy = "sandbox";
        answer.Headers.CacheControl = "private, no-store";
        try
        {
            await file.Write(answer.Body, httpContext.RequestAborted);
        }
        catch (Exception e) when (answer.HasStarted && !httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.RequestServices.GetRequiredService<ILogger<DownloadAnswer>>().LogError(e, "A download broke off, request {Request}.", httpContext.TraceIdentifier);
            httpContext.Abort();
        }
        catch when (!answer.HasStarted)
        {
            answer.ContentLength = null;
            answer.ContentType = null;
            answer.Headers.Remove("Content-Disposition");
            throw;
        }
    }

    /// <summary>The name twice: in ASCII for old clients, and as it is. Quotes, controls and slashes have no place in either.</summary>
    public static string Disposition(string name, bool isInline = false)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) || c is '/' or '\\' or '"' ? '_' : c));
        var ascii = string.Concat(clean.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : "_"));
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(clean))
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~') escaped.Append((char)b);
            else escaped.Append('%').Append(b.ToString("X2"));
        return $"{(isInline ? "inline" : "attachment")}; filename=\"{ascii}\"; filename*=UTF-8''{escaped}";
    }
}

/// <summary>Makes a download the answer.</summary>
static class Downloads
{
    public static async Task<IResult> Sent(this Task<Download> download) => new DownloadAnswer(await download);
}
