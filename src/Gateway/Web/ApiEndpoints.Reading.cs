using System.Globalization;
using System.Reflection;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Web.Messages;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(ApiEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private Task SiteAsync(HttpContext http)
    {
        Snapshot? snapshot = null;
        bool rented = TryRent(out SnapshotLease lease);
        SiteMessage message;
        try
        {
            if (rented)
                snapshot = lease.Value;
            message = DescribeSite(snapshot);
        }
        finally
        {
            if (rented)
                lease.Dispose();
        }
        return WriteAsync(http, message, ApiJson.Default.SiteMessage);
    }

    private SiteMessage DescribeSite(Snapshot? snapshot)
    {
        var plant = _context.Scan.Plant;
        long now = _clock.UtcNow;
        return new SiteMessage
        {
            Id = plant.SiteId,
            Name = plant.SiteName,
            Version = Version,
            ConfigHash = plant.ConfigurationHash,
            Time = ApiClock.At(now),
            UtcOffsetMinutes = (int)(plant.Calendar.OffsetAt(now) / TimeSpan.TicksPerMinute),
            RunState = snapshot?.State.ToString(),
            Fault = _context.Fault,
            LastEvent = _context.Events.Last,
            Scan = new ScanMessage
            {
                Number = snapshot?.Time.Number ?? 0,
                PeriodMs = plant.BasePeriodMs,
                Time = snapshot is null ? null : ApiClock.At(snapshot.Time.Utc),
                Overruns = _context.Statistics.Overruns,
                LongestSeconds = _context.Statistics.Longest,
                LargestLatenessSeconds = _context.Statistics.Latest,
            },
            Counts = Count(snapshot),
            Overflows = new OverflowMessage
            {
                EventsLost = _context.Scan.Events.Lost,
                CommandsRefused = _context.Scan.Commands.Refused,
                SnapshotsSkipped = _context.Scan.Snapshots.Skipped,
                StreamsRefused = Interlocked.Read(ref _streamsRefused),
                StreamsDropped = Interlocked.Read(ref _streamsDropped),
            },
        };
    }

    private CountsMessage Count(Snapshot? snapshot)
    {
        int bad = 0, uncertain = 0, unacknowledged = 0, standing = 0;
        if (snapshot is not null)
        {
            foreach (ref readonly TagValue value in snapshot.Tags)
            {
                bad += value.Quality.IsBad ? 1 : 0;
                uncertain += value.Quality.IsUncertain ? 1 : 0;
            }
            foreach (ref readonly AlarmLive alarm in snapshot.Alarms)
            {
                unacknowledged += alarm.State is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged or AlarmState.LatchedUnacknowledged ? 1 : 0;
                standing += alarm.State is AlarmState.Unacknowledged or AlarmState.Acknowledged ? 1 : 0;
            }
        }
        return new CountsMessage
        {
            Tags = _tags.Count,
            BadTags = snapshot is null ? _tags.Count : bad,
            UncertainTags = uncertain,
            Alarms = _alarms.Count,
            UnacknowledgedAlarms = unacknowledged,
            StandingAlarms = standing,
            Lines = _context.Lines.Count,
            LinesUp = snapshot is null ? 0 : _context.Lines.Count - _lines.Down(snapshot.Time).Count,
            Permits = _context.Scan.Plant.Permits.Length,
            Outputs = _context.Scan.Plant.Outputs.Length,
            Streams = Volatile.Read(ref _streams),
        };
    }

    private Task TagsAsync(HttpContext http)
    {
        if (!TryRent(out SnapshotLease lease))
            return NoSnapshotAsync(http);
        TagListMessage message;
        using (lease)
        {
            message = new TagListMessage
            {
                Time = ApiClock.At(lease.Value.Time.Utc),
                Scan = lease.Value.Time.Number,
                Tags = _tags.List(lease.Value, http.Request.Query["prefix"].ToString()),
            };
        }
        return WriteAsync(http, message, ApiJson.Default.TagListMessage);
    }

    private Task TagAsync(HttpContext http)
    {
        string name = RouteText(http, "tag");
        if (!_tags.TryFind(name, out int tag))
            return Problem.WriteAsync(http, StatusCodes.Status404NotFound, $"There is no tag '{name}'.");
        if (!TryRent(out SnapshotLease lease))
            return NoSnapshotAsync(http);
        TagDetailMessage message;
        using (lease)
            message = _tags.Detail(lease.Value, tag);
        return WriteAsync(http, message, ApiJson.Default.TagDetailMessage);
    }

    private Task LinesAsync(HttpContext http)
    {
        ScanTime now = default;
        if (TryRent(out SnapshotLease lease))
            using (lease)
                now = lease.Value.Time;
        var message = new LineListMessage { Time = ApiClock.AtOrNever(now.Utc), Lines = _lines.List(now) };
        return WriteAsync(http, message, ApiJson.Default.LineListMessage);
    }

    private Task AlarmsAsync(HttpContext http)
    {
        if (!TryRent(out SnapshotLease lease))
            return NoSnapshotAsync(http);
        AlarmListMessage message;
        using (lease)
            message = new AlarmListMessage { Time = ApiClock.At(lease.Value.Time.Utc), Scan = lease.Value.Time.Number, Alarms = _alarms.List(lease.Value) };
        return WriteAsync(http, message, ApiJson.Default.AlarmListMessage);
    }

    private Task AlarmPerformanceAsync(HttpContext http)
    {
        if (_context.AlarmFigures is not { } figures)
            return Problem.WriteAsync(http, StatusCodes.Status404NotFound, "The performance of the alarm system comes from the journal, and none is kept: the gateway runs without --data.");
        if (figures.Current is { } current)
            return WriteAsync(http, json => AlarmPerformanceJson.Write(json, current));
        http.Response.Headers.RetryAfter = "5";
        return Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "The journal has not been read yet.");
    }

    private Task ComplianceAsync(HttpContext http)
    {
        if (!TryRent(out SnapshotLease lease))
            return NoSnapshotAsync(http);
        ComplianceListMessage message;
        using (lease)
            message = new ComplianceListMessage { Time = ApiClock.At(lease.Value.Time.Utc), Scan = lease.Value.Time.Number, Windows = _compliance.List(lease.Value) };
        return WriteAsync(http, message, ApiJson.Default.ComplianceListMessage);
    }

    private static bool TryReadSequence(string text, long absent, out long sequence)
    {
        sequence = absent;
        return text.Length == 0 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }
}
