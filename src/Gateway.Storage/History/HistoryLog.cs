using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Storage.History;

/// <summary>
/// The file in which samples are safe until their chunk is closed: frames with length and checksum, only ever appended
/// to. A frame that is not whole ends the file. docs/formats/history.md draws the bytes.
/// </summary>
internal sealed class HistoryLog : IDisposable
{
    private const int Version = 1, Head = 8;
    private const byte Opening = 1, Samples = 2;

    private readonly FileStream _file;
    private readonly FrameCoder _coder;
    private readonly ByteSink _frame = new(65_536);
    private bool _isDirty;

    private HistoryLog(FileStream file, int tags)
    {
        _file = file;
        _coder = new FrameCoder(tags);
    }

    public string Path => _file.Name;

    public long Length { get; private set; }

    /// <summary>Begins a log.</summary>
    public static HistoryLog Create(string file, long number, long startMs, IReadOnlyList<HistoryTag> tags)
    {
        // No buffer of its own: what was written survives the end of this process.
        var log = new HistoryLog(new FileStream(file, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0), tags.Count);
        try
        {
            ByteSink frame = log.Begin(Opening);
            frame.Byte(Version);
            frame.Int64(number);
            frame.Int64(startMs);
            frame.Varint((ulong)tags.Count);
            foreach (HistoryTag tag in tags)
            {
                byte[] name = Encoding.UTF8.GetBytes(tag.Name);
                frame.Varint((ulong)name.Length);
                frame.Bytes(name);
                frame.Byte((int)tag.Mode);
                frame.Double(tag.Tolerance);
                frame.Varint((ulong)tag.PeriodMs);
            }
            log.End();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Appends samples, or only the time when there are none. Their times are ms.</summary>
    public void Append(ReadOnlySpan<HistorySample> samples, long utcMs)
    {
        ByteSink frame = Begin(Samples);
        frame.Int64(utcMs);
        frame.Varint((ulong)samples.Length);
        _coder.Write(frame, samples, utcMs);
        End();
    }

    /// <summary>Forces what was written to the disk.</summary>
    public void Sync()
    {
        if (!_isDirty)
            return;
        _file.Flush(flushToDisk: true);
        _isDirty = false;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Reads a log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="opened">Gets number, begin and tags; called once, before all samples.</param>
    /// <param name="frame">Gets each frame's samples and time.</param>
    /// <returns>Bytes at the end that are no whole frame.</returns>
    public static long Read(string file, Action<long, long, HistoryTag[]> opened, Action<ReadOnlyMemory<HistorySample>, long> frame)
    {
        byte[] bytes = ReadShared(file);
        FrameCoder? coder = null;
        var samples = new HistorySample[1024];
        int at = 0;
        try
        {
            while (NextFrame(bytes, at) is { Length: > 0 } payload)
            {
                var source = new ByteSource(payload);
                int kind = source.Byte();
                if (kind == Opening && coder is null)
                    coder = new FrameCoder(ReadOpening(ref source, opened));
                else if (kind == Samples && coder is not null)
                {
                    long utcMs = source.Int64();
                    ulong count = source.Varint();
                    if (count > (ulong)payload.Length)
                        break;
                    if (samples.Length < (int)count)
                        samples = new HistorySample[(int)count];
                    coder.Read(ref source, samples.AsSpan(0, (int)count), utcMs);
                    frame(samples.AsMemory(0, (int)count), utcMs);
                }
                else
                    break;
                at += Head + payload.Length;
            }
        }
        catch (InvalidDataException)
        {
            // The checksum was right and the bytes are not: as good as the end of the file.
        }
        return bytes.Length - at;
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    private static ReadOnlySpan<byte> NextFrame(byte[] bytes, int at)
    {
        if (bytes.Length - at <= Head)
            return [];
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)), sum = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
        if (length <= 0 || length > bytes.Length - at - Head)
            return [];
        ReadOnlySpan<byte> payload = bytes.AsSpan(at + Head, length);
        return Checksum(payload) == sum ? payload : [];
    }

    private static int ReadOpening(ref ByteSource source, Action<long, long, HistoryTag[]> opened)
    {
        if (source.Byte() != Version)
            throw ByteSource.Damaged();
        long number = source.Int64(), startMs = source.Int64();
        ulong count = source.Varint();
        if (count > 1 << HistoryFile.TagBits)
            throw ByteSource.Damaged();
        var tags = new HistoryTag[(int)count];
        for (int i = 0; i < tags.Length; i++)
        {
            string name = Encoding.UTF8.GetString(source.Take((int)source.Varint()));
            tags[i] = new HistoryTag(name, (HistoryMode)source.Byte(), source.Double(), (int)source.Varint());
        }
        opened(number, startMs, tags);
        return tags.Length;
    }

    /// <summary>CRC-32C of RFC 3720 appendix B.4, by the processor's instruction.</summary>
    public static int Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte next in bytes)
            sum = BitOperations.Crc32C(sum, next);
        return (int)~sum;
    }

    private ByteSink Begin(byte kind)
    {
        _frame.Clear();
        _frame.Int64(0);
        _frame.Byte(kind);
        return _frame;
    }

    private void End()
    {
        ReadOnlySpan<byte> payload = _frame.Written[Head..];
        int length = payload.Length, sum = Checksum(payload);
        _frame.Int32At(0, length);
        _frame.Int32At(4, sum);
        _isDirty = true;
        _file.Write(_frame.Written);
        Length += _frame.Length;
    }
}
