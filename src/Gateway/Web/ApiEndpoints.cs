using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Runtime.Scan;
using Gateway.Web.Reports;

namespace Gateway.Web;

/// <summary>
/// The API under /api/v1 and the health endpoints. Every route is listed in <see cref="Map"/> and described in
/// wwwroot/openapi/v1.json; a test compares the two. Handlers take a snapshot only as long as they copy from it: a
/// client that reads slowly must never hold one.
/// </summary>
internal sealed partial class ApiEndpoints
{
    private readonly GatewayContext _context;
    private readonly WebServerOptions _options;
    private readonly CancellationToken _stopping;
    private readonly CommandGate _gate;
    private readonly ApiClock _clock;
    private readonly TagReport _tags;
    private readonly LineReport _lines;
    private readonly AlarmReport _alarms;
    private readonly ComplianceReport _compliance;

    /// <param name="context">What may be seen.</param>
    /// <param name="options">Limits.</param>
    /// <param name="stopping">Ends the streams when the server stops.</param>
    public ApiEndpoints(GatewayContext context, WebServerOptions options, CancellationToken stopping)
    {
        _context = context;
        _options = options;
        _stopping = stopping;
        _gate = new CommandGate(options);
        _clock = new ApiClock(context.Time);
        _tags = new TagReport(context, _clock);
        _lines = new LineReport(context, _clock);
        _alarms = new AlarmReport(context);
        _compliance = new ComplianceReport(context);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", LiveAsync);
        routes.MapGet("/health/ready", ReadyAsync);
        routes.MapGet("/api/v1/site", SiteAsync);
        routes.MapGet("/api/v1/tags", TagsAsync);
        routes.MapGet("/api/v1/tags/{tag}", TagAsync);
        routes.MapGet("/api/v1/lines", LinesAsync);
        routes.MapGet("/api/v1/alarms", AlarmsAsync);
        routes.MapGet("/api/v1/alarms/performance", AlarmPerformanceAsync);
        routes.MapPost("/api/v1/alarms/{id}/{act}", AlarmActAsync);
        routes.MapPost("/api/v1/outputs/{tag}", OutputAsync);
        routes.MapGet("/api/v1/compliance", ComplianceAsync);
        routes.MapGet("/api/v1/history", HistoryAsync);
        routes.MapGet("/api/v1/events", EventsAsync);
        routes.MapGet("/api/v1/stream", StreamAsync);
        routes.MapGet("/api/v1/session", SessionAsync);
        routes.MapPost("/api/v1/session", SignInAsync);
        routes.MapDelete("/api/v1/session", SignOutAsync);
    }

    /// <summary>Where reading needs an account: lets through who may read, and what a page needs to sign in.</summary>
    public async Task GuardReadingAsync(HttpContext http, RequestDelegate next)
    {
        PathString path = http.Request.Path;
        bool isOpen = path == "/api/v1/session" || !(path.StartsWithSegments("/api") || path == "/metrics") || !HttpMethods.IsGet(http.Request.Method);
        if (isOpen || _gate.MayRead(http))
            await next(http);
        else
            await Problem.WriteAsync(http, StatusCodes.Status401Unauthorized, "Reading needs an account here: sign in, or send a bearer token with the scope read.");
    }

    private static Task WriteAsync<T>(HttpContext http, T message, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(http.Response.Body, message, type, http.RequestAborted);
    }

    /// <summary>Writes a document that has events in it, which their own writer puts there.</summary>
    private static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter))
            write(json);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static Task NoSnapshotAsync(HttpContext http) =>
        Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "The gateway has not finished its first scan.");

    /// <summary>The value of a route parameter, decoded.</summary>
    private static string RouteText(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";

    private bool TryRent(out SnapshotLease lease) => _context.Scan.Snapshots.TryRent(out lease);
}
