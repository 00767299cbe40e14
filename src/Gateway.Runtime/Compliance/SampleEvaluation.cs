using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Compliance;

/// <summary>A verdict on samples of a file.</summary>
/// <param name="LimitIndex">Position of the limit.</param>
/// <param name="IsClosed">False for a window that the samples end in.</param>
/// <param name="Window">The window with its verdict.</param>
/// <param name="BelowDetection">Samples written with "&lt;".</param>
/// <param name="AboveRange">Samples written with "&gt;".</param>
public sealed record EvaluatedWindow(int LimitIndex, bool IsClosed, ComplianceWindow Window, int BelowDetection = 0, int AboveRange = 0);

/// <summary>
/// Judges samples without a plant. On-line samples run through the <see cref="ComplianceEngine"/> itself, each value
/// standing for its own sampling interval; laboratory samples count one by one in their civil day. Pure; any thread.
/// </summary>
public static partial class SampleEvaluation
{
    /// <summary>A series sampled at least this often is an on-line one.</summary>
    public static readonly TimeSpan LongestOnlineInterval = TimeSpan.FromHours(1);

    /// <summary>The usual time from one sample to the next: the median; zero for less than two samples.</summary>
    public static TimeSpan IntervalOf(IReadOnlyList<LaboratorySample> samples)
    {
        if (samples.Count < 2)
            return TimeSpan.Zero;
        var steps = new long[samples.Count - 1];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = samples[i + 1].Utc - samples[i].Utc;
        Array.Sort(steps);
        return TimeSpan.FromTicks(steps[steps.Length / 2]);
    }

    /// <summary>True when the values of a limit are sampled often enough to be judged as on-line values.</summary>
    public static bool IsOnline(IReadOnlyList<LaboratorySample> samples) => IntervalOf(samples) is var interval && interval > TimeSpan.Zero && interval <= LongestOnlineInterval;

    /// <summary>Judges on-line samples: the scan of the gateway at the times of the samples.</summary>
    /// <param name="limits">Limits whose tags are indexes of the series; their own indexes are given back.</param>
    /// <param name="calendar">Civil time of the permits.</param>
    /// <param name="series">The series, each in order of time.</param>
    public static List<EvaluatedWindow> Online(IReadOnlyList<PermitLimit> limits, SiteCalendar calendar, IReadOnlyList<IReadOnlyList<LaboratorySample>> series)
    {
        List<EvaluatedWindow> windows = [];
        if (limits.Count == 0)
            return windows;
        List<Feed> feeds = [];
        PermitLimit[] judged = [.. limits.Select((limit, index) => limit with
        {
            Index = index,
            // One sum serves all permits of a series: nothing here needs the names.
            PermitId = "",
            Parameter = "",
            ValueTag = FeedOf(limit.ValueTag, limit.BelowDetection),
            FlowTag = FeedOf(limit.FlowTag, DetectionRule.Level),
            TemperatureTag = FeedOf(limit.TemperatureTag, DetectionRule.Level),
            InfluentTag = FeedOf(limit.InfluentTag, limit.BelowDetection),
            InfluentFlowTag = FeedOf(limit.InfluentFlowTag, DetectionRule.Level),
        })];
        long[] times = TimesOf(feeds);
        if (times.Length == 0)
            return windows;
        var engine = new ComplianceEngine(judged, calendar, TimeSpan.FromTicks(feeds.Max(feed => feed.Hold)), windowsPerScan: int.MaxValue);
        var tags = new TagTable(feeds.Count);
        var events = new EventRing(1 << 14);
        for (int scan = 0; scan < times.Length; scan++)
        {
            for (int feed = 0; feed < feeds.Count; feed++)
                feeds[feed].Set(tags, feed, times[scan]);
            engine.Execute(tags, new ScanTime(scan + 1, times[scan], times[scan]), events);
            while (events.TryTake(out _))
            {
            }
            while (engine.Closed.TryTake(out ClosedWindow record))
                if (record.IsClosed)
                    windows.Add(new EvaluatedWindow(limits[record.LimitIndex].Index, true, record.Window));
        }
        for (int i = 0; i < judged.Length; i++)
            if (engine.Windows[i].Due > 0 && engine.Windows[i].To > times[^1])
                windows.Add(new EvaluatedWindow(limits[i].Index, false, engine.Windows[i]));
        return windows;

        int FeedOf(int tag, DetectionRule rule)
        {
            if (tag < 0)
                return -1;
            int found = feeds.FindIndex(feed => feed.Source == tag && feed.Rule == rule);
            if (found >= 0)
                return found;
            feeds.Add(new Feed(tag, rule, series[tag]));
            return feeds.Count - 1;
        }
    }

    /// <summary>Times of all samples and of each end of a value that no sample follows in time.</summary>
    private static long[] TimesOf(List<Feed> feeds)
    {
        var times = new List<long>();
        foreach (Feed feed in feeds)
            for (int i = 0; i < feed.Samples.Count; i++)
            {
                long at = feed.Samples[i].Utc;
                times.Add(at);
                if (i + 1 == feed.Samples.Count || feed.Samples[i + 1].Utc > at + feed.Hold)
                    times.Add(at + feed.Hold);
            }
        long[] sorted = [.. times];
        Array.Sort(sorted);
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[kept - 1])
                sorted[kept++] = sorted[i];
        return sorted[..kept];
    }

    /// <summary>One series on its way into the tags; a value stands for its own interval, at most.</summary>
    private sealed class Feed(int source, DetectionRule rule, IReadOnlyList<LaboratorySample> samples)
    {
        private int _next;

        public int Source => source;
        public DetectionRule Rule => rule;
        public IReadOnlyList<LaboratorySample> Samples => samples;
        public long Hold { get; } = Math.Max(TimeSpan.TicksPerSecond, IntervalOf(samples).Ticks);

        public void Set(TagTable tags, int tag, long utc)
        {
            while (_next < samples.Count && samples[_next].Utc <= utc)
                _next++;
            if (_next == 0 || utc >= samples[_next - 1].Utc + Hold)
            {
                tags.Set(tag, double.NaN, Quality.Bad, utc);
                return;
            }
            LaboratorySample sample = samples[_next - 1];
            // Beyond the measuring range a value is known to be high, but not how high: it enters no mean.
            bool good = sample.IsGood && !double.IsNaN(sample.Value) && sample.Qualifier != SampleQualifier.Above;
            tags.Set(tag, sample.Counted(rule), good ? Quality.Good : Quality.Bad, utc);
        }
    }
}
