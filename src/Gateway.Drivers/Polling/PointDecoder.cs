using Gateway.Drivers.Modbus;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Polling;

/// <summary>
/// Decodes the answer to one read into an image: a table made at load, one codec per point. What is not a number
/// becomes a bad quality, never a value. Line only; allocates nothing.
/// </summary>
public sealed class PointDecoder
{
    private readonly RegisterCodec[] _codecs;
    private readonly int _firstSlot;

    /// <summary>Makes the table for consecutive points of a block.</summary>
    /// <param name="points">The points, which fill the slots from <paramref name="firstSlot"/> on.</param>
    /// <param name="firstSlot">Slot of the first point in the image.</param>
    /// <param name="address">First register or bit of the answer.</param>
    public PointDecoder(ReadOnlySpan<ModbusPoint> points, int firstSlot, int address)
    {
        _firstSlot = firstSlot;
        _codecs = new RegisterCodec[points.Length];
        for (int i = 0; i < points.Length; i++)
            _codecs[i] = PointExtent.CodecOf(points[i], address);
    }

    /// <summary>Fills the points' slots from the data bytes of an answer.</summary>
    public void Decode(ReadOnlySpan<byte> data, InputFrame frame)
    {
        Span<double> values = frame.Values.AsSpan(_firstSlot, _codecs.Length);
        Span<Quality> qualities = frame.Qualities.AsSpan(_firstSlot, _codecs.Length);
        for (int i = 0; i < _codecs.Length; i++)
        {
            bool isNumber = _codecs[i].TryDecode(data, out double value) == RegisterStatus.Ok;
            values[i] = isNumber ? value : double.NaN;
            qualities[i] = isNumber ? Quality.Good : Quality.BadDecodingError;
        }
    }
}
