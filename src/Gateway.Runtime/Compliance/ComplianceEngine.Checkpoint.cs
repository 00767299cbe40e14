namespace Gateway.Runtime.Compliance;

/// <summary>Saving and restoring: a restart in the middle of a day goes on with its sums, and the outage is a gap.</summary>
public sealed partial class ComplianceEngine
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Makes a checkpoint of the right size for <see cref="Save"/>.</summary>
    public ComplianceCheckpoint CreateCheckpoint()
    {
        int parts = 0, readings = 0, periods = 0;
        foreach (PeriodWindow? period in _periods)
        {
            parts += period?.Slots.Length ?? 0;
            readings += period?.Readings.Length ?? 0;
            periods += period is null ? 0 : 1;
        }
        return new ComplianceCheckpoint(_accumulators.Length, _limits.Length, periods, parts, readings);
    }

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
            HourStart = _at.HourStart,
            DayStart = _at.DayStart,
            SkippedDays = _skippedDays,
            ClosingMinuteEnd = IsClosing ? _closing.MinuteEnd : 0,
            Behind = _behind,
        };
        for (int a = 0; a < _accumulators.Length; a++)
            target.Accumulators[a] = _accumulators[a].State;
        for (int i = 0; i < _limits.Length; i++)
        {
            target.Limits[i] = _states[i];
            target.Limits[i].Window = _windows[i];
        }
        SavePeriods(target);
    }

    private void SavePeriods(ComplianceCheckpoint target)
    {
        int parts = 0, readings = 0, next = 0;
        foreach (PeriodWindow? period in _periods)
        {
            if (period is null)
                continue;
            target.Periods[next++] = new PeriodCheckpoint { State = period.State, PartsAt = parts, Parts = period.Slots.Length, ReadingsAt = readings, Readings = period.Readings.Length };
            period.Slots.CopyTo(target.Parts.AsSpan(parts));
            period.Readings.CopyTo(target.Readings.AsSpan(readings));
            parts += period.Slots.Length;
            readings += period.Readings.Length;
        }
    }

    /// <summary>Takes over the windows beyond the day whose limit and length are the same.</summary>
    private void RestorePeriods(ComplianceCheckpoint source)
    {
        foreach (PeriodCheckpoint saved in source.Periods)
        {
            PeriodWindow? period = Array.Find(_periods, one => one is not null && one.State.Fingerprint == saved.State.Fingerprint);
            if (period is null || period.Slots.Length != saved.Parts || period.Readings.Length != saved.Readings)
                continue;
            period.State = saved.State;
            source.Parts.AsSpan(saved.PartsAt, saved.Parts).CopyTo(period.Slots);
            source.Readings.AsSpan(saved.ReadingsAt, saved.Readings).CopyTo(period.Readings);
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
        _at = BoundsAt(_processedTo);
        BeginPeriods();
        RestorePeriods(source);
        foreach (AccumulatorState saved in source.Accumulators)
        {
            int a = Array.FindIndex(_accumulators, one => one.State.Fingerprint == saved.Fingerprint);
            if (a >= 0)
                _accumulators[a].State = saved;
        }
        RestoreClosing(clock.ClosingMinuteEnd);
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
            if (_periods[i] is not null)
                print = HashPeriod(print, limit);
            while (!used.Add(print))
                print++;
            _states[i].Fingerprint = print;
            if (_periods[i] is { } period)
                period.State.Fingerprint = print;
        }
    }

    /// <summary>What a sum beyond the day depends on besides the rule: with another of these it starts empty.</summary>
    private static ulong HashPeriod(ulong start, PermitLimit limit)
    {
        ulong print = Hash(Hash(start, (double)limit.WeekStart), (double)limit.ZeroRule);
        print = Hash(Hash(print, limit.ReadingHours), limit.SampleLimit);
        print = Hash(Hash(print, limit.MinRemoval), limit.LoadFactor);
        return Hash(Hash(print, limit.BandLow), limit.BandHigh);
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
