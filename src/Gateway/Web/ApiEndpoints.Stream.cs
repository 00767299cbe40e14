namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private int _streams;
    private long _streamsRefused;
    private long _streamsDropped;

    private async Task StreamAsync(HttpContext http)
    {
        string from = http.Request.Headers["Last-Event-ID"].ToString();
        if (from.Length == 0)
            from = http.Request.Query["after"].ToString();
        if (!TryReadSequence(from, _context.Events.Last, out long after))
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, "'after' and Last-Event-ID must be whole numbers from 0.");
            return;
        }
        if (Interlocked.Increment(ref _streams) > _options.MaxStreams)
        {
            Interlocked.Decrement(ref _streams);
            Interlocked.Increment(ref _streamsRefused);
            http.Response.Headers.RetryAfter = "5";
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, $"There are {_options.MaxStreams} open streams already.");
            return;
        }
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping);
            var client = new StreamClient(_context, _options, _clock, _tags, _alarms, http.Request.Query["prefix"].ToString());
            if (!await client.RunAsync(http, after, end.Token))
                Interlocked.Increment(ref _streamsDropped);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }
}
