namespace Ouro.Server.Assets;

/// <summary>The answer that is a file. What fails after its first byte breaks the connection, so that a part is never taken for the whole.</summary>
public sealed class DownloadAnswer(Download file) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Response;
        Inert.Guard(httpContext);
        answer.ContentType = Inert.Type(file.ContentType);
        answer.ContentLength = file.Length;
        answer.Headers.ContentDisposition = Disposition.Of(file.FileName);
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
}

/// <summary>Makes a download the answer.</summary>
static class Downloads
{
    public static async Task<IResult> Sent(this Task<Download> download) => new DownloadAnswer(await download);
}
