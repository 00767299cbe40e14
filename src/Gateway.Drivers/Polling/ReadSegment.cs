using Gateway.Drivers.Modbus;

namespace Gateway.Drivers.Polling;

/// <summary>A part of a block that is read by one request: all of it, until the device refuses an address in it.</summary>
internal sealed class ReadSegment
{
    public ReadSegment(ReadBlock block, int first, int end)
    {
        First = first;
        End = end;
        ReadOnlySpan<ModbusPoint> points = block.Points.AsSpan(first, end - first);
        int address = points[0].Address;
        int last = 0;
        int extents = 1;
        for (int i = 0; i < points.Length; i++)
        {
            last = Math.Max(last, PointExtent.EndOf(points[i]));
            if (i > 0 && !IsSameExtent(points[i - 1], points[i]))
                extents++;
        }

        Address = address;
        EndAddress = last;
        Extents = extents;
        bool isWhole = points.Length == block.Points.Length;
        Request = isWhole ? block.Request : ReadRequest.Build(block.Space, (ushort)address, (ushort)(last - address));
        Decoder = new PointDecoder(points, first, address);
    }

    /// <summary>First point in the block.</summary>
    public int First { get; }

    /// <summary>Point behind the last one.</summary>
    public int End { get; }

    /// <summary>First address read.</summary>
    public int Address { get; }

    /// <summary>Address behind the last one read.</summary>
    public int EndAddress { get; }

    /// <summary>Different values read; bits of one register are one.</summary>
    public int Extents { get; }

    /// <summary>The request without framing.</summary>
    public ReadOnlyMemory<byte> Request { get; }

    /// <summary>Puts the answer into the block's image.</summary>
    public PointDecoder Decoder { get; }

    /// <summary>True for a refused point that is tried again.</summary>
    public bool IsRetry { get; set; }

    /// <summary>True when both points lie on the same registers, so that no request can tell them apart.</summary>
    public static bool IsSameExtent(ModbusPoint a, ModbusPoint b) =>
        a.Address == b.Address && PointExtent.Of(a) == PointExtent.Of(b);
}
