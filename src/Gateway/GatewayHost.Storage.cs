using Gateway.Configuration;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Storage.History;
using Gateway.Web;

namespace Gateway;

public sealed partial class GatewayHost
{
    /// <summary>Events of earlier starts that the event log begins with.</summary>
    private const int RecentEvents = 1000;

    /// <summary>Opens the journal of a site in a data folder.</summary>
    /// <exception cref="StoreException">The folder or the file cannot be used.</exception>
    public static Journal OpenJournal(string folder, SiteConfiguration site, ILoggerFactory loggers) =>
        Journal.Open(folder, site.Plant, "gateway " + ApiEndpoints.Version, new JournalOptions(), TimeProvider.System, loggers.CreateLogger("Gateway.Journal"));

    private static HistoryStore OpenHistory(string folder, SiteConfiguration site, ILoggerFactory loggers)
    {
        HistorySettings settings = site.History;
        var options = new HistoryOptions
        {
            KeepSamplesFor = TimeSpan.FromDays(settings.KeepSamplesDays),
            KeepMinutesFor = TimeSpan.FromDays(settings.KeepMinutesDays),
            KeepHoursFor = TimeSpan.FromDays(settings.KeepHoursDays),
            MaxBytes = (long)settings.MaxMegabytes << 20,
            SyncPeriod = TimeSpan.FromMilliseconds(settings.SyncMs),
        };
        return new HistoryStore(folder, HistoryStore.TagsOf(site.Plant), options, TimeProvider.System, loggers.CreateLogger("Gateway.History"));
    }

    /// <summary>Goes on from what the journal holds, before the first scan.</summary>
    private void Restore(Journal journal, long epoch)
    {
        SavedState saved = journal.Saved;
        if (saved.IsNew)
            return;
        foreach (ScanEvent item in ReadRecent(journal))
            Context.Events.Add(in item);
        var now = new ScanTime(0, Context.Time.GetUtcNow().UtcTicks, Context.Time.GetElapsedTime(epoch).Ticks);
        double outage = saved.SavedUtc == 0 ? double.NaN : (now.Utc - saved.SavedUtc) / (double)ScanTime.TicksPerSecond;
        Context.Scan.Restore(saved.Alarms, saved.Compliance, saved.LastSequence, outage, now, saved.Report);
    }

    private List<ScanEvent> ReadRecent(Journal journal)
    {
        var events = new List<ScanEvent>();
        try
        {
            IReadOnlyList<JournalRow> rows = JournalReader.ReadNewest(journal.Folder, RecentEvents);
            if (rows.Count == 0)
                return events;
            var subjects = new SubjectIndex(_site.Plant);
            foreach (JournalRow row in rows)
                if (subjects.TryFind(row, out ScanEvent item))
                    events.Add(item);
        }
        catch (StoreException e)
        {
            // They can still be asked for once the file can be read; control does not wait for them.
            LogNoRecent(_logger, e.Message);
        }
        return events;
    }

    [LoggerMessage(1204, LogLevel.Warning, "Earlier events are not shown: {Reason}")]
    private static partial void LogNoRecent(ILogger logger, string reason);

    [LoggerMessage(1205, LogLevel.Warning, "No data folder was given (--data): alarm states, acknowledgments and permit windows are kept in memory only and end with the process")]
    private static partial void LogMemoryOnly(ILogger logger);
}
