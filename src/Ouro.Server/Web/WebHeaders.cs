namespace Ouro.Server.Web;

/// <summary>What every page tells the browser to refuse.</summary>
static class WebHeaders
{
    // Styles in attributes are allowed for what is rendered into a document with its size or place, such as a formula or a chart; scripts never.
    // A blob is bytes that a script of this page holds, nothing of elsewhere: textures inside a 3D model are read that way. Workers are files of ours.
    const string Policy = "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
        + "connect-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors ";

    /// <summary>Whether a page is made to stand inside of others. It shows what is public and knows nobody.</summary>
    public static bool IsEmbedded(HttpContext context) => context.Request.Path.StartsWithSegments("/embed", StringComparison.OrdinalIgnoreCase);

    public static Task Set(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        var isEmbedded = IsEmbedded(context);
        headers.ContentSecurityPolicy = Policy + (isEmbedded ? "*" : "'none'");
        headers.XContentTypeOptions = "nosniff";
        if (!isEmbedded) headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = isEmbedded ? "cross-origin" : "same-origin";
        // Pages differ by who looks at them, but for those that know nobody.
        headers.CacheControl = isEmbedded ? "public, max-age=60" : "no-cache, no-store";
        return next(context);
    }

    /// <summary>What only the head of a page is asked of is found like the page; the server leaves the body out.</summary>
    public static Task HeadLikeGet(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
