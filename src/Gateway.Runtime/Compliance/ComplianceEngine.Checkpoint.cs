namespace Gateway.Runtime.Compliance;

/// <summary>Saving and restoring: a restart in the middle of a day goes on with its sums, and the outage is a gap.</summary>
public sealed partial class ComplianceEngine
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Makes a checkpoint of the right size for <see cref="Save"/>.</summary>
    public ComplianceCheckpoint CreateCheckpoint() => new(_accumulators.Length, _limits.Length);

    /// <summary>Copies everything that the next scan depends on. Scan thread, between two scans; allocates nothing.</summary>
    /// <exception cref="ArgumentException">The checkpoint was made for another engine.</exception>
    public void Save(ComplianceCheckpoint target)
    {
        if (target.Accumulators.Length != _accumulators.Length || target.Limits.Length != _limits.Length)
            throw new ArgumentException("The checkpoint has the size of another engine.", nameof(target));
        target.Clock = new ComplianceClock
        {
            LastUtc = _lastUtc,
            LastElapsed = _lastElapsed,
            ProcessedTo = _processedTo,
            HourStart = _hourStart,
            DayStart = _dayStart,
            SkippedDays = _skippedDays,
            Behind = _behind,
        };
        for (int a = 0; a < _accumulators.Length; a++)
            target.Accumulators[a] = _accumulators[a].State;
        for (int i = 0; i < _limits.Length; i++)
        {
            target.Limits[i] = _states[i];
            target.Limits[i].Window = _windows[i];
        }
    }

    /// <summary>
    /// Takes over what a checkpoint holds, before the first scan. Limits that are new or judged by another rule start
    /// empty; when the calendar changed, all do, because the sums belong to another day.
    /// </summary>
    /// <returns>How many limits go on with their sums.</returns>
    public int Restore(ComplianceCheckpoint source)
    {
        ref readonly ComplianceClock clock = ref source.Clock;
        if (clock.ProcessedTo == 0 || _calendar.HourStart(clock.ProcessedTo) != clock.HourStart || _calendar.DayStart(clock.ProcessedTo) != clock.DayStart)
            return 0;
        _lastUtc = clock.LastUtc;
        _lastElapsed = clock.LastElapsed;
        _processedTo = clock.ProcessedTo;
        _skippedDays = clock.SkippedDays;
        _behind = clock.Behind;
        SetBounds(_processedTo);
        _stale = true;
        foreach (AccumulatorState saved in source.Accumulators)
        {
            int a = Array.FindIndex(_accumulators, one => one.State.Fingerprint == saved.Fingerprint);
            if (a >= 0)
                _accumulators[a].State = saved;
        }
        int restored = 0;
        foreach (LimitState saved in source.Limits)
        {
            int i = Array.FindIndex(_states, one => one.Fingerprint == saved.Fingerprint);
            if (i < 0 || _accumulators[_accumulatorOf[i]].FirstUtc == 0)
                continue;
            _states[i] = saved;
            _windows[i] = saved.Window;
            restored++;
        }
        return restored;
    }

    private void GiveFingerprints(List<PermitLimit> rules)
    {
        HashSet<ulong> used = [];
        for (int a = 0; a < rules.Count; a++)
        {
            PermitLimit rule = rules[a];
            ulong print = Hash(Hash(FnvOffset, rule.PermitId), rule.Parameter);
            print = Hash(Hash(print, rule.MinCoverage), Math.Max(0, rule.ZeroFlow));
            print = Hash(print, (rule.IsFlowWeighted ? 1 : 0) + (rule.HydrogenIonMean ? 2 : 0) + (rule.AcceptUncertain ? 4 : 0) + (rule.TemperatureTag >= 0 ? 8 : 0));
            // The same parameter measured at two places: the order in the permit tells them apart.
            while (!used.Add(print))
                print++;
            _accumulators[a].State.Fingerprint = print;
        }
        used.Clear();
        for (int i = 0; i < _limits.Length; i++)
        {
            PermitLimit limit = _limits[i];
            ulong print = Hash(Hash(_accumulators[_accumulatorOf[i]].State.Fingerprint, (double)limit.Statistic), limit.RuleId);
            while (!used.Add(print))
                print++;
            _states[i].Fingerprint = print;
        }
    }

    // FNV-1a over the characters, with the length as a separator.
    private static ulong Hash(ulong start, string text)
    {
        ulong hash = Hash(start, text.Length);
        foreach (char c in text)
            hash = (hash ^ c) * FnvPrime;
        return hash;
    }

    private static ulong Hash(ulong start, double number)
    {
        ulong bits = (ulong)BitConverter.DoubleToInt64Bits(number);
        ulong hash = start;
        for (int shift = 0; shift < 64; shift += 8)
            hash = (hash ^ ((bits >> shift) & 0xFF)) * FnvPrime;
        return hash;
    }
}
