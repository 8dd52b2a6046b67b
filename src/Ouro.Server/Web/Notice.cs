using System.Text;

namespace Ouro.Server.Web;

/// <summary>A sentence for the next page: what was just done, where doing it leads elsewhere.</summary>
public static class Notice
{
    const string Name = "ouro_notice";

    public static void Leave(HttpContext context, string sentence) => context.Response.Cookies.Append(
        Name, Convert.ToBase64String(Encoding.UTF8.GetBytes(sentence)),
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromMinutes(1), Secure = context.Request.IsHttps, IsEssential = true });

    /// <summary>The sentence that was left, once.</summary>
    public static string? Take(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { Length: > 0 and < 2000 } kept) return null;
        if (!context.Response.HasStarted) context.Response.Cookies.Delete(Name);
        var bytes = new byte[kept.Length];
        return Convert.TryFromBase64String(kept, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
