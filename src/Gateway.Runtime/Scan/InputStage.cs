using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>
/// First stage of a scan: latches the newest image of each read block, ages the silent ones, scales and checks fresh
/// values. Scan thread only.
/// </summary>
internal sealed class InputStage
{
    private enum Age : byte { Fresh, Uncertain, Bad }

    private readonly InputBinding[] _bindings;
    private readonly long[] _lastFresh;
    private readonly Age[] _age;
    private readonly bool[] _hasData;
    private readonly Scaling?[] _scaling;
    private readonly SignalCheck[] _check;
    private readonly SignalCheckState[] _checkState;
    private readonly TagTable _tags;
    private readonly EventRing _events;
    private int _waiting;

    public InputStage(TagDefinition[] definitions, InputBinding[] bindings, TagTable tags, EventRing events)
    {
        _bindings = bindings;
        _tags = tags;
        _events = events;
        _lastFresh = new long[bindings.Length];
        _age = new Age[bindings.Length];
        _hasData = new bool[bindings.Length];
        _waiting = bindings.Length;
        _scaling = new Scaling?[definitions.Length];
        _check = new SignalCheck[definitions.Length];
        _checkState = new SignalCheckState[definitions.Length];
        foreach (TagDefinition definition in definitions)
        {
            _scaling[definition.Index] = definition.Scaling.Kind == ScalingKind.None ? null : definition.Scaling;
            _check[definition.Index] = definition.Check;
        }
    }

    /// <summary>True once every block has delivered an image, good or bad.</summary>
    public bool AllHaveData => _waiting == 0;

    public void Execute(in ScanTime now)
    {
        for (int i = 0; i < _bindings.Length; i++)
        {
            InputBinding binding = _bindings[i];
            if (!binding.Mailbox.TryLatch(out InputFrame? frame))
            {
                GrowOld(i, binding, now);
                continue;
            }
            if (!_hasData[i])
            {
                _hasData[i] = true;
                _waiting--;
            }
            _lastFresh[i] = now.Elapsed;
            _age[i] = Age.Fresh;
            Take(binding.Tags, frame, now);
        }
    }

    private void Take(int[] tags, InputFrame frame, in ScanTime now)
    {
        double[] values = frame.Values;
        Quality[] qualities = frame.Qualities;
        long[] times = frame.Times;
        for (int p = 0; p < tags.Length; p++)
        {
            int tag = tags[p];
            Quality quality = qualities[p];
            if (quality.IsBad)
            {
                ChangeQuality(tag, quality, now);
                continue;
            }
            double raw = values[p];
            _tags.SetRaw(tag, raw);
            double value = _scaling[tag] is { } scaling ? scaling.ToUnits(raw) : raw;
            quality = _checkState[tag].Apply(_check[tag], ref value, quality, now.Elapsed);
            if (quality.IsBad)
                ChangeQuality(tag, quality, now);
            else
                Store(tag, value, quality, p < times.Length ? times[p] : frame.SourceTime, now);
        }
    }

    private void GrowOld(int index, InputBinding binding, in ScanTime now)
    {
        long age = now.Elapsed - _lastFresh[index];
        if (_age[index] == Age.Bad || !_hasData[index] || age < binding.UncertainAfter)
            return;
        if (age >= binding.BadAfter)
        {
            _age[index] = Age.Bad;
            foreach (int tag in binding.Tags)
                if (!_tags[tag].Quality.IsBad)
                    ChangeQuality(tag, Quality.BadNoCommunication, now);
        }
        else if (_age[index] == Age.Fresh)
        {
            _age[index] = Age.Uncertain;
            foreach (int tag in binding.Tags)
                if (_tags[tag].Quality.IsGood)
                    ChangeQuality(tag, Quality.UncertainLastUsableValue, now);
        }
    }

    private void Store(int tag, double value, Quality quality, long sourceTime, in ScanTime now)
    {
        Quality before = _tags[tag].Quality;
        if (_tags.Set(tag, value, quality, sourceTime) && before != quality)
            QualityEvents.Report(_events, tag, before, _tags[tag], now);
    }

    private void ChangeQuality(int tag, Quality quality, in ScanTime now)
    {
        Quality before = _tags[tag].Quality;
        if (_tags.SetQuality(tag, quality))
            QualityEvents.Report(_events, tag, before, _tags[tag], now);
    }
}
