using Gateway.Metrics;

namespace Gateway.Web;

/// <summary>GET /metrics in the Prometheus text format, whatever the scraper would rather have.</summary>
internal sealed class MetricsEndpoint(GatewayMetrics metrics)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", SendAsync);

    private Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return metrics.WriteAsync(http.Response.Body, http.RequestAborted);
    }
}
