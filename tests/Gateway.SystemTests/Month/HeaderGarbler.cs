using Gateway.Simulation;
using Gateway.Simulation.Network;

namespace Gateway.SystemTests.Month;

/// <summary>
/// A stream that changes bytes in the headers of the Modbus TCP frames that come through it. Registers are left alone
/// on purpose: Modbus TCP carries no checksum, so a changed register cannot be told from a real one by anybody, and a
/// gateway that showed it would be right. Everything the protocol lets a client check is changed: transaction,
/// protocol, length, unit, function and byte count.
/// </summary>
internal sealed class HeaderGarbler(Stream inner, SeededRandom random, Func<double> rate) : ThroughStream(inner)
{
    // Seven bytes of MBAP (Modbus Messaging 1.0b §3.1.3), function and byte count (Modbus 1.1b3 §6.3).
    private const int HeaderLength = 9;
    private const int LengthHigh = 4;
    private const int LengthLow = 5;
    private const int BytesBeforeLengthCounts = 6;

    private int _position;
    private int _frameLength = int.MaxValue;

    public long Garbled { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken);
        Pass(buffer.Span[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The client reads asynchronously.");

    /// <summary>Follows the frames by their true lengths and changes some header bytes on the way.</summary>
    private void Pass(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            byte real = bytes[i];
            if (_position == LengthHigh)
                _frameLength = real << 8;
            else if (_position == LengthLow)
                _frameLength = BytesBeforeLengthCounts + (_frameLength | real);
            if (_position < HeaderLength && random.Chance(rate() / HeaderLength))
            {
                bytes[i] = (byte)(real ^ MaskFor(_position));
                Garbled++;
            }
            if (++_position >= _frameLength && _position >= BytesBeforeLengthCounts)
                (_position, _frameLength) = (0, int.MaxValue);
        }
    }

    /// <summary>
    /// A late answer whose id happened to become that of the waiting request would be a forgery nobody can detect, so
    /// the ids move by half of their range, which is never in flight at once.
    /// </summary>
    private byte MaskFor(int position) => position switch
    {
        0 => 0x80,
        1 => 0,
        _ => (byte)random.Next(1, 256),
    };
}
