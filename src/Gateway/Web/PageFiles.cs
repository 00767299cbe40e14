using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Gateway.Web;

/// <summary>
/// The page and the description of the API, from resources of the assembly: one native file serves them, and nothing on
/// disk can replace them.
/// </summary>
internal static class PageFiles
{
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/", "index.html", "text/html; charset=utf-8");
        Map(routes, "/app.js", "app.js", "text/javascript; charset=utf-8");
        Map(routes, "/app.css", "app.css", "text/css; charset=utf-8");
        Map(routes, "/icon.svg", "icon.svg", "image/svg+xml");
        Map(routes, "/openapi/v1.json", "openapi/v1.json", "application/json; charset=utf-8");
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string file, string type)
    {
        byte[] content = Load("wwwroot/" + file);
        string tag = "\"" + Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8)) + "\"";
        routes.MapGet(path, http => SendAsync(http, content, type, tag));
    }

    private static Task SendAsync(HttpContext http, byte[] content, string type, string tag)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.CacheControl = "no-cache"; // kept, but asked for each time: an update of the gateway shows at once
        headers.ETag = tag;
        if (http.Request.Headers[HeaderNames.IfNoneMatch].ToString() == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return http.Response.Body.WriteAsync(content, 0, content.Length, http.RequestAborted);
    }

    private static byte[] Load(string name)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the build.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
