using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.PlcSimulator.Control;

/// <summary>A request cannot be done; the status and the detail go to the client.</summary>
internal sealed class RefusedException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;
}

/// <summary>Around every request of the control API: who may ask, how bodies are read, and one form for all errors.</summary>
internal static class ControlGuard
{
    /// <summary>Runs a request and explains what went wrong.</summary>
    public static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            CheckHost(http.Request.Host);
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null)
                await ExplainAsync(http, http.Response.StatusCode, "There is nothing at this path for this method; docs/plcsim.md lists what there is.");
        }
        catch (RefusedException refused) when (!http.Response.HasStarted)
        {
            await ExplainAsync(http, refused.Status, refused.Message);
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted)
        {
            // Too large, too slow or cut off while the body was read.
            await ExplainAsync(http, refused.StatusCode, refused.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="RefusedException">It is not JSON, or not of this shape.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        // A web page may send text across origins without asking, but not this type.
        if (!http.Request.HasJsonContentType())
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "The body must have the content type application/json.");
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
                ?? throw new RefusedException(StatusCodes.Status400BadRequest, "The body is null; an object is needed.");
        }
        catch (JsonException e)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"The body cannot be read: {e.Message}");
        }
    }

    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync<T>(HttpContext http, T message, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(message, type, cancellationToken: http.RequestAborted);
    }

    /// <summary>A page of another site whose name was pointed at this machine must not get through.</summary>
    private static void CheckHost(HostString host)
    {
        var isLocal = host.Host is "localhost" || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        if (!isLocal)
            throw new RefusedException(StatusCodes.Status403Forbidden, "The control API answers to localhost only.");
    }

    private static Task ExplainAsync(HttpContext http, int status, string detail)
    {
        var problem = new ControlProblem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail);
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(problem, ControlJson.Default.ControlProblem, "application/problem+json", http.RequestAborted);
    }
}
