using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Web;

/// <summary>An error as the API tells it: a problem document of RFC 9457.</summary>
internal sealed record Problem
{
    /// <summary>"about:blank" (RFC 9457 §4.2.1): the status code says the kind.</summary>
    public string Type { get; init; } = "about:blank";
    public required string Title { get; init; }
    public required int Status { get; init; }
    public required string Detail { get; init; }
    /// <summary>Path of the request.</summary>
    public required string Instance { get; init; }
    /// <summary>Of a command that was passed on: finds its events.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CorrelationId { get; init; }
    /// <summary>Of a write to an output: how it ended, in the words of the metric gateway_output_writes_total.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Result { get; init; }

    public static Task WriteAsync(HttpContext http, int status, string detail, long? correlationId = null, string? result = null)
    {
        var problem = new Problem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
            Instance = http.Request.Path,
            CorrelationId = correlationId,
            Result = result,
        };
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.Problem);
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, 0, body.Length, http.RequestAborted);
    }
}
