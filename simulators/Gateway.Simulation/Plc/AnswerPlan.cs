using Gateway.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Simulation.Plc;

/// <summary>What is asked, as far as fault rules look at it.</summary>
internal readonly struct RequestFacts
{
    /// <summary>Reads the facts out of a request; one that is too short has no addresses.</summary>
    public RequestFacts(string? device, byte unit, ReadOnlySpan<byte> pdu)
    {
        Device = device;
        Unit = unit;
        Function = pdu[0];
        ref readonly var entry = ref FunctionTable.Find(Function);
        Space = entry.Space;
        IsRead = entry.Kind == FunctionKind.Read;
        if (entry.Space == DataSpace.None || pdu.Length < entry.Request.Fixed)
            return;
        var fields = new PduReader(pdu[1..]);
        Address = fields.ReadUInt16();
        var second = fields.ReadUInt16();
        Count = entry.Kind is FunctionKind.WriteSingle or FunctionKind.MaskWrite ? 1 : second;
        if (entry.Kind != FunctionKind.ReadWrite)
            return;
        OtherAddress = fields.ReadUInt16();
        OtherCount = fields.ReadUInt16();
    }

    public string? Device { get; }

    public byte Unit { get; }

    public byte Function { get; }

    public DataSpace Space { get; }

    /// <summary>The request reads one range and does nothing else.</summary>
    public bool IsRead { get; }

    public int Address { get; }

    /// <summary>Registers or bits asked; 0 when the request has no address.</summary>
    public int Count { get; }

    private int OtherAddress { get; }

    private int OtherCount { get; }

    /// <summary>One of the ranges touches the addresses.</summary>
    public bool Touches(int from, int to) =>
        (Count > 0 && Address <= to && Address + Count > from)
        || (OtherCount > 0 && OtherAddress <= to && OtherAddress + OtherCount > from);
}

/// <summary>What the rules that strike do together to one answer.</summary>
internal struct AnswerPlan
{
    /// <summary>Most random bytes in front of an answer.</summary>
    public const int MostGarbage = 4096;

    /// <summary>Nothing is spoiled.</summary>
    public static AnswerPlan Good => new() { BytePauseMs = -1, Function = -1, KeepBytes = -1 };

    /// <summary>Some rule strikes.</summary>
    public bool IsSpoiled { get; set; }

    /// <summary>Exception to answer instead of executing; None to execute.</summary>
    public ModbusExceptionCode Exception { get; set; }

    /// <summary>Added to the transaction id.</summary>
    public int TransactionShift { get; set; }

    /// <summary>Added to the unit id.</summary>
    public int UnitShift { get; set; }

    /// <summary>Function code to show, or -1 for the right one.</summary>
    public int Function { get; set; }

    /// <summary>Time to wait before the answer.</summary>
    public int DelayMs { get; set; }

    /// <summary>Time between single bytes, or -1 to send the answer whole.</summary>
    public int BytePauseMs { get; set; }

    /// <summary>Bytes of the answer to send, or -1 for all.</summary>
    public int KeepBytes { get; set; }

    /// <summary>Send half of the answer.</summary>
    public bool KeepsHalf { get; set; }

    /// <summary>Bytes in front of the answer; null for none.</summary>
    public byte[]? Garbage { get; set; }

    /// <summary>Neither execute nor answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Execute and do not answer.</summary>
    public bool IsAnswerLost { get; set; }

    /// <summary>Close instead of executing.</summary>
    public bool ClosesBefore { get; set; }

    /// <summary>Close after the answer.</summary>
    public bool ClosesAfter { get; set; }

    /// <summary>The rule that holds back a read's first answer; null for none.</summary>
    public ActiveFault? Stuck { get; set; }

    /// <summary>Bytes of a frame that are sent.</summary>
    public readonly int Keep(int length) => KeepsHalf ? length / 2 : KeepBytes < 0 ? length : Math.Min(KeepBytes, length);
}
