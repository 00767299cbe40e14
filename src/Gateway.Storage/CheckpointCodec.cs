using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;

namespace Gateway.Storage;

/// <summary>
/// Saved alarms and permit windows as bytes. An alarm is written member by member. The sums of windows are written as
/// they lie in memory, with the sizes in front: the machines served are little-endian, and a program whose sums have
/// another shape does not read them; its windows start anew and say so.
/// </summary>
internal static class CheckpointCodec
{
    /// <summary>Raised whenever a member of the saved compliance structures is added, moved or changes its meaning; a test compares it with their layout.</summary>
    public const int ComplianceLayout = 3;

    private const byte AlarmVersion = 2;
    private const byte FormerAlarmVersion = 1; // without what belongs to chatter, holds and single shelvings
    private const int FormerAlarmFixed = 1 + 4 + 1 + (8 * 7) + 4;
    private const int AlarmFixed = FormerAlarmFixed + (8 * 3);

    /// <summary>Bytes of one alarm; the name is kept beside them.</summary>
    public static byte[] Write(in AlarmSnapshot alarm)
    {
        byte[]? by = alarm.AckedBy is { } name ? Encoding.UTF8.GetBytes(name) : null;
        byte[] body = new byte[AlarmFixed + (by?.Length ?? 0)];
        Span<byte> at = body;
        at[0] = AlarmVersion;
        at[1] = (byte)alarm.Base;
        at[2] = (byte)alarm.Flags;
        at[3] = (byte)((alarm.ConditionActive ? 1 : 0) | (alarm.SuppressedByLogic ? 2 : 0) | (alarm.InGap ? 4 : 0) | (alarm.ShelvedOnce ? 8 : 0) | (alarm.Chatters ? 16 : 0));
        at[4] = (byte)(by is null ? 0 : 1);
        BinaryPrimitives.WriteInt32LittleEndian(at[6..], alarm.Occurrence);
        ReadOnlySpan<long> numbers = [alarm.Annunciations, alarm.RaisedUtc, alarm.AckedUtc, alarm.ReturnedUtc, alarm.ShelveRemaining, alarm.DelayRun, alarm.ReAlarmRun, alarm.HoldRemaining, alarm.LastOnAge, alarm.FormerOnAge];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(at[(10 + (8 * i))..], numbers[i]);
        by?.CopyTo(at[AlarmFixed..]);
        return body;
    }

    /// <summary>Reads one alarm.</summary>
    /// <returns>False when the bytes are not of a known version.</returns>
    public static bool TryRead(string id, ReadOnlySpan<byte> body, out AlarmSnapshot alarm)
    {
        alarm = default;
        bool isFormer = body.Length > 0 && body[0] == FormerAlarmVersion;
        int length = isFormer ? FormerAlarmFixed : AlarmFixed;
        if (body.Length < length || (body[0] != AlarmVersion && !isFormer))
            return false;
        alarm = new AlarmSnapshot
        {
            Id = id,
            Base = (AlarmState)body[1],
            Flags = (AlarmFlags)body[2],
            ConditionActive = (body[3] & 1) != 0,
            SuppressedByLogic = (body[3] & 2) != 0,
            InGap = (body[3] & 4) != 0,
            Occurrence = BinaryPrimitives.ReadInt32LittleEndian(body[6..]),
            Annunciations = Number(body, 0),
            RaisedUtc = Number(body, 1),
            AckedUtc = Number(body, 2),
            ReturnedUtc = Number(body, 3),
            ShelveRemaining = Number(body, 4),
            DelayRun = Number(body, 5),
            ReAlarmRun = Number(body, 6),
            ShelvedOnce = (body[3] & 8) != 0,
            Chatters = (body[3] & 16) != 0,
            HoldRemaining = isFormer ? 0 : Number(body, 7),
            LastOnAge = isFormer ? -1 : Number(body, 8),
            FormerOnAge = isFormer ? -1 : Number(body, 9),
            AckedBy = body[4] == 0 ? null : Encoding.UTF8.GetString(body[length..]),
        };
        return alarm.Base <= AlarmState.LatchedAcknowledged;
    }

    /// <summary>Bytes of all windows, with the name of each limit so that one that is gone can be named.</summary>
    public static byte[] Write(ComplianceCheckpoint compliance, IReadOnlyList<string> names)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        writer.Write(ComplianceLayout);
        WriteAll<ComplianceClock>(writer, new ReadOnlySpan<ComplianceClock>(in compliance.Clock));
        WriteAll<AccumulatorState>(writer, compliance.Accumulators);
        WriteAll<LimitState>(writer, compliance.Limits);
        WriteAll<PeriodCheckpoint>(writer, compliance.Periods);
        WriteAll<PartSum>(writer, compliance.Parts);
        WriteAll<double>(writer, compliance.Readings);
        foreach (string name in names)
            writer.Write(name);
        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>Reads all windows.</summary>
    /// <returns>False when they were written by a program with another shape of sums, or are not whole.</returns>
    public static bool TryRead(byte[] body, out ComplianceCheckpoint? compliance, out string[] names)
    {
        (compliance, names) = (null, []);
        try
        {
            using var reader = new BinaryReader(new MemoryStream(body), Encoding.UTF8);
            if (reader.ReadInt32() != ComplianceLayout)
                return false;
            ComplianceClock[] clock = ReadAll<ComplianceClock>(reader);
            AccumulatorState[] accumulators = ReadAll<AccumulatorState>(reader);
            LimitState[] limits = ReadAll<LimitState>(reader);
            PeriodCheckpoint[] periods = ReadAll<PeriodCheckpoint>(reader);
            PartSum[] parts = ReadAll<PartSum>(reader);
            double[] readings = ReadAll<double>(reader);
            var read = new ComplianceCheckpoint(accumulators.Length, limits.Length, periods.Length, parts.Length, readings.Length) { Clock = clock[0] };
            accumulators.CopyTo(read.Accumulators, 0);
            limits.CopyTo(read.Limits, 0);
            periods.CopyTo(read.Periods, 0);
            parts.CopyTo(read.Parts, 0);
            readings.CopyTo(read.Readings, 0);
            names = new string[limits.Length];
            for (int i = 0; i < names.Length; i++)
                names[i] = reader.ReadString();
            compliance = read;
            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or InvalidDataException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>Writes the size of a value, their number, then the values as they lie in memory.</summary>
    private static void WriteAll<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(Unsafe.SizeOf<T>());
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static T[] ReadAll<T>(BinaryReader reader)
        where T : unmanaged
    {
        int size = reader.ReadInt32(), count = reader.ReadInt32();
        // A count that the bytes cannot hold would ask for any amount of memory.
        if (size != Unsafe.SizeOf<T>() || count < 0 || (long)count * size > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new InvalidDataException();
        var values = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static long Number(ReadOnlySpan<byte> body, int index) => BinaryPrimitives.ReadInt64LittleEndian(body[(10 + (8 * index))..]);
}
