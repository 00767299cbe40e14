using System.Reflection;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Encoding;

/// <summary>Every generated structure with seeded content: there and back, cut, flipped, and hostile bytes.</summary>
public sealed class StructureTests
{
    private static readonly IStructure[] All = [.. typeof(IStructure).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(IStructure).Namespace && typeof(IStructure).IsAssignableFrom(t) && !t.IsInterface)
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .Select(t => (IStructure)Activator.CreateInstance(t)!)];

    [Fact]
    public void Every_structure_goes_there_and_back()
    {
        Assert.True(All.Length > 140);
        var random = new Random(4711);
        foreach (IStructure empty in All)
        {
            for (int round = 0; round < 20; round++)
            {
                IStructure filled = RandomStructures.Fill(empty.GetType(), random, 0);
                byte[] bytes = Encode(filled);
                var decoded = (IStructure)Activator.CreateInstance(empty.GetType())!;
                var reader = new UaReader(bytes);
                decoded.Decode(ref reader);
                Assert.True(reader.IsGood && reader.Remaining == 0, $"{empty.GetType().Name}: {reader.Status}, {reader.Remaining} left");
                Assert.Equal(bytes, Encode(decoded));
            }
        }
    }

    [Fact]
    public void Every_structure_cut_anywhere_is_bad_and_flipped_does_no_harm()
    {
        var random = new Random(815);
        foreach (IStructure empty in All)
        {
            byte[] bytes = Encode(RandomStructures.Fill(empty.GetType(), random, 0));
            for (int length = 0; length < bytes.Length; length++)
            {
                var target = (IStructure)Activator.CreateInstance(empty.GetType())!;
                var reader = new UaReader(bytes.AsSpan(0, length));
                target.Decode(ref reader);
                Assert.True(reader.Status == StatusCodes.BadDecodingError, $"{empty.GetType().Name} cut to {length} of {bytes.Length}: {reader.Status}");
            }

            for (int flip = 0; flip < 200; flip++)
            {
                byte[] copy = [.. bytes];
                if (copy.Length > 0)
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                var target = (IStructure)Activator.CreateInstance(empty.GetType())!;
                var reader = new UaReader(copy);
                target.Decode(ref reader);
            }
        }
    }

    [Fact]
    public void Hostile_bytes_cost_neither_a_crash_nor_memory()
    {
        var random = new Random(20240229);
        var messages = All.Where(s => s is IServiceRequest or IServiceResponse).ToArray();
        byte[] bytes = new byte[4096];
        long worst = 0;
        for (int round = 0; round < 100_000; round++)
        {
            IStructure target = messages[round % messages.Length];
            int length = random.Next(16, bytes.Length);
            random.NextBytes(bytes.AsSpan(0, length));
            // Small numbers make lengths plausible, so that decoding goes deep.
            for (int i = 0; i < length; i += 4)
                if (random.Next(3) != 0)
                    bytes.AsSpan(i, Math.Min(4, length - i)).Clear();
                else if (random.Next(2) == 0)
                    bytes[i] = (byte)random.Next(24);
            long before = GC.GetAllocatedBytesForCurrentThread();
            var reader = new UaReader(bytes.AsSpan(0, length));
            target.Decode(ref reader);
            worst = Math.Max(worst, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // 4 KiB on the wire: at most 4096 one-byte elements of 72 bytes each, and what they hold.
        Assert.True(worst < 1_000_000, $"{worst} bytes for one message");
    }

    [Fact]
    public void The_elements_of_a_message_are_bounded_together()
    {
        // A variant array of Variant arrays of null: 5 bytes on the wire become much more in memory.
        var limits = new EncodingLimits { MaxElements = 1000 };
        var buffer = new MessageBuffer(1 << 20);
        var writer = new UaWriter(buffer);
        writer.WriteVariant(new Variant([.. Enumerable.Repeat(new Variant(new Variant[100]), 11)]));
        writer.Finish();
        var reader = new UaReader(buffer.Written, limits);
        reader.ReadVariant();
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, reader.Status);
        var generous = new UaReader(buffer.Written);
        generous.ReadVariant();
        Assert.True(generous.IsGood);
    }

    private static byte[] Encode(IStructure structure)
    {
        var buffer = new MessageBuffer(1 << 20);
        var writer = new UaWriter(buffer);
        structure.Encode(ref writer);
        Assert.True(writer.Finish().IsGood);
        return buffer.Written.ToArray();
    }
}
