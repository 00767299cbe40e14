using Gateway.Fuzz.Engine;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// Bodies of service messages. The first byte chooses which one is expected. What decodes is encoded again, and that must
/// decode too. It need not be the same bytes: diagnostics that announce nothing but empty diagnostics become shorter.
/// </summary>
internal sealed class OpcUaMessageTarget : FuzzTarget
{
    private static readonly Type[] s_messages = [.. typeof(IStructure).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(IStructure).Namespace && !t.IsInterface && (typeof(IServiceRequest).IsAssignableFrom(t) || typeof(IServiceResponse).IsAssignableFrom(t)))
        .OrderBy(t => t.Name, StringComparer.Ordinal)];

    public override int Feed(byte[] input)
    {
        if (input.Length == 0)
            return 0;
        int index = input[0] % s_messages.Length;
        IStructure message = Decode(index, input.AsSpan(1), out uint status);
        if (status != 0)
            return HashCode.Combine(index, status);
        byte[] first = Encode(message);
        byte[] second = Encode(Decode(index, first, out status));
        Require(status == 0, $"{s_messages[index].Name} does not decode what it encoded: {status:X8}");
        Require(second.Length <= first.Length, $"{s_messages[index].Name} grows from {first.Length} to {second.Length} bytes by decoding");
        return HashCode.Combine(index, first.Length);
    }

    private static IStructure Decode(int index, ReadOnlySpan<byte> bytes, out uint status)
    {
        var message = (IStructure)Activator.CreateInstance(s_messages[index])!;
        var reader = new UaReader(bytes);
        message.Decode(ref reader);
        status = reader.Status.Value;
        return message;
    }

    private static byte[] Encode(IStructure message)
    {
        var buffer = new MessageBuffer(1 << 20);
        var writer = new UaWriter(buffer);
        message.Encode(ref writer);
        writer.Finish();
        return buffer.Written.ToArray();
    }
}

/// <summary>Frames in a stream of any bytes: the scanner gets on or says that it cannot, and waits for bounded sizes only.</summary>
internal sealed class OpcUaFrameTarget : FuzzTarget
{
    private const int Largest = 8192;

    public override int Feed(byte[] input)
    {
        ReadOnlySpan<byte> data = input;
        var mark = new HashCode();
        int marks = 0;
        while (!data.IsEmpty)
        {
            FrameScan found = FrameScan.Scan(data, Largest);
            if (marks++ < 8)
                mark.Add((found.Status, found.Kind));
            if (found.Status == FrameScanStatus.Broken)
                break;
            Require(found.Size <= Largest, $"a frame of {found.Size} bytes is accepted where {Largest} are the limit");
            if (found.Status == FrameScanStatus.NeedMore)
            {
                Require(data.Length < Largest, $"the scanner waits for more behind {data.Length} bytes");
                break;
            }
            Require(found.Size is > 0 && found.Size <= data.Length, $"the scanner answers {found.Size} of {data.Length} bytes");
            data = data[found.Size..];
        }
        return mark.ToHashCode();
    }
}
