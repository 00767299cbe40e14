using System.Runtime.CompilerServices;
using Gateway.Runtime.Scan;

namespace Gateway.Storage.History;

/// <summary>
/// Samples of all tags in the order in which they came, for the log of the open chunks: about two bytes each, because
/// most are the next tag at the same time with a value a little above or below. Both ends of a log keep the same state.
/// </summary>
internal sealed class FrameCoder(int tags)
{
    // The first byte of a sample. Its upper three bits hold a small difference of the value; 7 says that it follows.
    private const int NextTag = 1, SameTime = 2, SameQuality = 4, Step = 0, NewForm = 8, Bits = 16, Kind = 24, InlineShift = 5, InlineMost = 7;

    private readonly int[] _form = new int[tags];
    private readonly long[] _number = new long[tags];
    private readonly uint[] _quality = new uint[tags];
    private readonly double[] _value = new double[tags];

    public void Write(ByteSink sink, ReadOnlySpan<HistorySample> samples, long utcMs)
    {
        int tag = -1;
        foreach (ref readonly HistorySample sample in samples)
        {
            long at = sample.Utc;
            int head = (sample.Tag == tag + 1 ? NextTag : 0) | (at == utcMs ? SameTime : 0) | (sample.Quality == _quality[sample.Tag] ? SameQuality : 0);
            int form = _form[sample.Tag];
            long before = _number[sample.Tag];
            if (form == ValueForm.Bits || !ValueForm.TryScale(sample.Value, form, out long number))
                form = ValueForm.Find(sample.Value, form, out number);
            ulong step = ByteSink.ZigzagOf(number - before);
            head |= form == ValueForm.Bits ? Bits : form != _form[sample.Tag] ? NewForm : Step;
            if ((head & Kind) == Step)
                head |= (int)Math.Min(step, InlineMost) << InlineShift;
            sink.Byte(head);
            if ((head & NextTag) == 0)
                sink.Zigzag(sample.Tag - tag);
            if ((head & SameTime) == 0)
                sink.Zigzag(at - utcMs);
            if ((head & SameQuality) == 0)
                sink.Varint(SampleBlock.QualityBits(sample.Quality));
            WriteValue(sink, head, form, number, step, sample.Value);
            (_form[sample.Tag], _number[sample.Tag], _quality[sample.Tag]) = (form, number, sample.Quality);
            (tag, utcMs) = (sample.Tag, at);
        }
    }

    public void Read(ref ByteSource source, Span<HistorySample> samples, long utcMs)
    {
        int tag = -1;
        for (int i = 0; i < samples.Length; i++)
        {
            int head = source.Byte();
            tag = (head & NextTag) != 0 ? tag + 1 : (int)(tag + source.Zigzag());
            if ((uint)tag >= (uint)_form.Length)
                throw ByteSource.Damaged();
            if ((head & SameTime) == 0)
                utcMs += source.Zigzag();
            if ((head & SameQuality) == 0)
                _quality[tag] = SampleBlock.QualityOf(source.Varint());
            ReadValue(ref source, head, tag);
            samples[i] = new HistorySample { Tag = tag, Utc = utcMs, Quality = _quality[tag], Value = _value[tag] };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteValue(ByteSink sink, int head, int form, long number, ulong step, double value)
    {
        switch (head & Kind)
        {
            case NewForm:
                sink.Byte(form);
                sink.Zigzag(number);
                break;
            case Bits:
                sink.Double(value);
                break;
            default:
                if (step >= InlineMost)
                    sink.Varint(step - InlineMost);
                break;
        }
    }

    private void ReadValue(ref ByteSource source, int head, int tag)
    {
        switch (head & Kind)
        {
            case NewForm:
                _form[tag] = source.Byte();
                _number[tag] = source.Zigzag();
                break;
            case Bits:
                (_form[tag], _number[tag]) = (ValueForm.Bits, 0);
                _value[tag] = source.Double();
                return;
            case Step:
                ulong step = (ulong)(head >> InlineShift);
                _number[tag] += ByteSource.Unzigzag(step < InlineMost ? step : InlineMost + source.Varint());
                break;
            default:
                throw ByteSource.Damaged();
        }
        if (!ValueForm.IsScaled(_form[tag]))
            throw ByteSource.Damaged();
        _value[tag] = ValueForm.Unscale(_number[tag], _form[tag]);
    }
}
