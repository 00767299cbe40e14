using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Web.Messages;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private Task LiveAsync(HttpContext http) =>
        WriteAsync(http, new HealthMessage { Status = "live", Reasons = [] }, ApiJson.Default.HealthMessage);

    /// <summary>
    /// Ready means that the scan runs. A line that is down or a journal that cannot be written is a reason to look, told
    /// beside, but no reason to call the gateway unready: nobody else could do better, and a restart would only lose what
    /// waits to be stored.
    /// </summary>
    private Task ReadyAsync(HttpContext http)
    {
        var reasons = new List<string>();
        bool ready = false;
        if (!TryRent(out SnapshotLease lease))
        {
            reasons.Add("the first scan has not finished");
        }
        else
        {
            ScanTime now;
            RunState state;
            using (lease)
                (now, state) = (lease.Value.Time, lease.Value.State);
            ready = IsRunning(state, now, reasons);
            foreach (string line in _lines.Down(now))
                reasons.Add($"line {line} is down");
        }
        if (_context.Journal is { Status: { State: not StoreState.Durable } store })
            reasons.Add($"the journal is {store.State.ToString().ToLowerInvariant()}: {store.Reason}");
        if (_context.History is { Status: { State: not StoreState.Durable } history })
            reasons.Add($"the history cannot be written: {history.Reason}");
        var message = new HealthMessage { Status = ready ? "ready" : "not ready", Reasons = reasons };
        return WriteAsync(http, message, ApiJson.Default.HealthMessage, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private bool IsRunning(RunState state, in ScanTime now, List<string> reasons)
    {
        if (state != RunState.Run)
        {
            string fault = _context.Fault is { } text ? ": " + text : "";
            reasons.Add($"the run state is {state}{fault}");
            return false;
        }
        // A scan thread that hangs leaves Run standing in its last snapshot.
        double silent = _clock.AgeOf(now.Utc) ?? 0;
        if (silent <= Math.Max(5, _context.Scan.Plant.BasePeriodMs * 0.01))
            return true;
        reasons.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no scan for {silent:F0} s"));
        return false;
    }
}
