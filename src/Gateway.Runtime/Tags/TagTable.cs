namespace Gateway.Runtime.Tags;

/// <summary>All live values by index. Written by the scan only; other threads read snapshots.</summary>
public sealed class TagTable
{
    private readonly TagValue[] _values;
    private readonly double[] _raw;

    /// <summary>Makes a table in which every tag waits for its first data.</summary>
    public TagTable(int count)
    {
        _values = new TagValue[count];
        _raw = new double[count];
        for (int i = 0; i < count; i++)
        {
            _values[i].Value = double.NaN;
            _values[i].Quality = Quality.BadWaitingForInitialData;
            _raw[i] = double.NaN;
        }
    }

    /// <summary>Number of tags.</summary>
    public int Count => _values.Length;

    /// <summary>The values, for reading.</summary>
    public ReadOnlySpan<TagValue> Values => _values;

    /// <summary>The last raw value of each tag before scaling, NaN where there was none.</summary>
    public ReadOnlySpan<double> Raw => _raw;

    /// <summary>The value of one tag.</summary>
    public ref readonly TagValue this[int tag] => ref _values[tag];

    /// <summary>Keeps the raw value beside the conditioned one, so that a conversion can be inspected.</summary>
    public void SetRaw(int tag, double raw) => _raw[tag] = raw;

    /// <summary>Writes value, quality and source time; the version moves when value or quality differ.</summary>
    /// <returns>True when value or quality changed.</returns>
    public bool Set(int tag, double value, Quality quality, long sourceTime)
    {
        ref TagValue slot = ref _values[tag];
        // Equal bits, so that NaN equals NaN and a repeated value is no change.
        bool changed = BitConverter.DoubleToInt64Bits(slot.Value) != BitConverter.DoubleToInt64Bits(value) || slot.Quality != quality;
        slot.Value = value;
        slot.Quality = quality;
        slot.SourceTime = sourceTime;
        if (changed)
            slot.Version++;
        return changed;
    }

    /// <summary>Changes the quality only: the last usable value and its time stay (a value is never invented).</summary>
    /// <returns>True when the quality changed.</returns>
    public bool SetQuality(int tag, Quality quality)
    {
        ref TagValue slot = ref _values[tag];
        if (slot.Quality == quality)
            return false;
        slot.Quality = quality;
        slot.Version++;
        return true;
    }
}
