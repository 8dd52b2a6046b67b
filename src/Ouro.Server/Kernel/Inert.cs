using System.Collections.Frozen;

namespace Ouro.Server.Kernel;

/// <summary>
/// How bytes that somebody sent are given out, whatever they are: to be looked at or saved, and never as a part of a page. A page of ours that was
/// tricked into naming one as its script would else run it, because it comes from our own origin.
/// </summary>
public static class Inert
{
    static readonly FrozenSet<string> Parts = FrozenSet.ToFrozenSet(
    [
        "script", "style", "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet", "xslt", "manifest", "frame", "iframe", "fencedframe", "object", "embed",
    ]);

    /// <summary>Refuses a browser that wants them as a program, a style or a frame, and tells it what they are not.</summary>
    public static void Guard(HttpContext context, bool isForAnybody = false)
    {
        if (Parts.Contains(context.Request.Headers["Sec-Fetch-Dest"].ToString()))
            throw Refusal.Forbidden("not_a_part_of_a_page", "What somebody sent is no script, style or frame of a page.", "Fetch it, show it as a picture, sound or film, or save it.");
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
        headers["Cross-Origin-Resource-Policy"] = isForAnybody ? "cross-origin" : "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>The type that they are given out with: browsers that do not say what they want it for run no program that is called plain text.</summary>
    public static string Type(string contentType) => contentType is "text/javascript" or "text/css" ? "text/plain" : contentType;
}
