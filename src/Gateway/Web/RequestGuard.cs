namespace Gateway.Web;

/// <summary>
/// Around every request: headers that keep browsers safe, and one form for all errors (RFC 9457), whoever found them.
/// </summary>
internal static partial class RequestGuard
{
    public static async Task RunAsync(HttpContext http, RequestDelegate next, ILogger logger)
    {
        SetHeaders(http.Response.Headers);
        try
        {
            await next(http);
            await ExplainStatusAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted)
        {
            // Too large, too slow or cut off while the body was read.
            await Problem.WriteAsync(http, refused.StatusCode, refused.Message);
        }
        catch (Exception bug) when (!http.Response.HasStarted)
        {
            LogBug(logger, bug, http.Request.Method, http.Request.Path);
            await Problem.WriteAsync(http, StatusCodes.Status500InternalServerError, "The gateway's web server failed on this request; its log says why.");
        }
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
    }

    /// <summary>Routing answers 404 and 405 without a body.</summary>
    private static Task ExplainStatusAsync(HttpContext http)
    {
        HttpResponse response = http.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null)
            return Task.CompletedTask;
        string detail = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this path; /openapi/v1.json lists what there is.",
            StatusCodes.Status405MethodNotAllowed => "This path does not know this method; the header Allow names those it knows.",
            _ => "",
        };
        return Problem.WriteAsync(http, response.StatusCode, detail);
    }

    [LoggerMessage(1301, LogLevel.Error, "The web server failed on {Method} {Path}")]
    private static partial void LogBug(ILogger logger, Exception bug, string method, string path);
}
