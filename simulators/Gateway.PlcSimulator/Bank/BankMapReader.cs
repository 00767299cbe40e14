using System.Globalization;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator.Bank;

/// <summary>
/// Reads a map file into a <see cref="BankMap"/>, or all that is wrong with it in the form compilers use,
/// <c>file(line,column): error: …</c>. Used by one thread.
/// </summary>
internal sealed class BankMapReader
{
    private const int MostErrors = 100;
    private const int MostBytes = 16 << 20;
    private const int Addresses = 65536;

    private static readonly string[] Columns =
    [
        "space", "address", "to", "value", "type", "order", "bit", "length",
        "fault", "faultArgument", "unit", "function", "probability", "skip", "count", "seconds", "remarks",
    ];

    private readonly string _path;
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(DataSpace Space, int Address), int> _occupied = [];
    private readonly BankMap _map = new();
    private readonly List<string> _errors = [];
    private BankCell[] _row = [];

    private BankMapReader(string path) => _path = path;

    /// <summary>Reads a file.</summary>
    /// <returns>The map, null when there are errors; and the errors.</returns>
    public static (BankMap? Map, IReadOnlyList<string> Errors) Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                return (null, [$"{path}: error: the file is larger than {MostBytes} bytes"]);
            return Read(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path}: error: {e.Message}"]);
        }
    }

    /// <summary>Reads a text; <paramref name="path"/> is printed in errors.</summary>
    public static (BankMap? Map, IReadOnlyList<string> Errors) Read(string path, string text)
    {
        var reader = new BankMapReader(path);
        try
        {
            reader.ReadAll(BankTable.Read(text));
        }
        catch (FormatException e)
        {
            reader._errors.Add(path + e.Message);
        }

        return (reader._errors.Count == 0 ? reader._map : null, reader._errors);
    }

    private void ReadAll(List<BankCell[]> rows)
    {
        if (rows.Count == 0)
        {
            _errors.Add($"{_path}(1,1): error: the file has no header line; write the column names into the first line, at least space and address");
            return;
        }

        if (!ReadHeader(rows[0]))
            return;
        foreach (var row in rows.Skip(1))
        {
            _row = row;
            if (row.Length > rows[0].Length)
                Fail(row[rows[0].Length], $"the row has {row.Length} cells, the header {rows[0].Length}; quote cells that contain the separator");
            else
                ReadRow();
            if (_errors.Count < MostErrors)
                continue;
            _errors.Add($"{_path}: error: more than {MostErrors} errors; the rest of the file was not read");
            return;
        }
    }

    private bool ReadHeader(BankCell[] header)
    {
        for (var column = 0; column < header.Length; column++)
        {
            var name = header[column].Text;
            if (!Columns.Contains(name, StringComparer.OrdinalIgnoreCase))
                Fail(header[column], $"the column '{name}' is not known; there are {string.Join(", ", Columns)}");
            else if (!_columns.TryAdd(name, column))
                Fail(header[column], $"the column '{name}' stands twice");
        }

        foreach (var needed in new[] { "space", "address" })
        {
            if (!_columns.ContainsKey(needed))
                Fail(header[0], $"the column '{needed}' is missing; add it to the header");
        }

        return _errors.Count == 0;
    }

    private void ReadRow()
    {
        var before = _errors.Count;
        if (!FaultText.TrySpace(Text("space"), out var space))
            Fail(Cell("space"), $"the space '{Text("space")}' is not one of {FaultText.AllSpaces}");
        var address = (int)(Whole("address", 0, Addresses - 1) ?? -1);
        if (address < 0 && _errors.Count == before)
            Fail(Cell("address"), "the address is missing");
        if (_errors.Count > before)
            return;

        var last = (int)(Whole("to", address, Addresses - 1) ?? -1);
        if (Text("value").Length > 0)
            ReadValue(space, address, last);
        else if (Text("type").Length > 0 || Text("order").Length > 0 || Text("bit").Length > 0 || Text("length").Length > 0)
            Fail(Cell("value"), "a type, order, bit or length needs a value");
        if (Text("fault").Length > 0)
            ReadFault(space, address, last);
        _map.Reach(space, Math.Max(address, last) + 1);
    }

    private void ReadValue(DataSpace space, int address, int last)
    {
        if (space is DataSpace.Coils or DataSpace.DiscreteInputs)
        {
            ReadBits(space, address, last);
            return;
        }

        var type = ReadType();
        if (type is null || !TryCodec(type.Value, out var codec))
            return;
        var registers = type == RegisterType.Text ? (int)Whole("length", 1, 125)!.Value : RegisterCodec.RegistersOf(type.Value);
        if (last < 0)
            last = address + registers - 1;
        if (last >= Addresses || (last - address + 1) % registers != 0)
        {
            Fail(Cell(last >= Addresses ? "address" : "to"), $"a value of type {Text("type")} takes {registers} registers, which does not fit from {address} to {last}");
            return;
        }

        var memory = _map.Memory(space);
        for (var at = address; at <= last; at += registers)
        {
            if (!Occupy(space, at, registers, IsPartial(type.Value)) || !Encode(codec, memory.AsSpan(2 * at)))
                return;
        }

        _map.Reach(space, last + 1);
    }

    private void ReadBits(DataSpace space, int address, int last)
    {
        if (Text("type") is not ("" or "bool") || Text("order").Length > 0 || Text("bit").Length > 0)
            Fail(Cell("type"), $"a {FaultText.Of(space)} holds a single bit: leave type, order and bit empty");
        else if (Text("value") is not ("0" or "1"))
            Fail(Cell("value"), $"the value '{Text("value")}' of a {FaultText.Of(space)} is not 0 or 1");
        else
        {
            for (var at = address; at <= Math.Max(address, last); at++)
            {
                if (!Occupy(space, at, 1, isPartial: false))
                    return;
                _map.Memory(space)[at] = (byte)(Text("value") == "1" ? 1 : 0);
            }
        }
    }

    private RegisterType? ReadType()
    {
        var text = Text("type");
        if (text.Length == 0)
            return RegisterType.UInt16;
        if (!char.IsAsciiDigit(text[0]) && text.All(char.IsAsciiLetterOrDigit) && Enum.TryParse<RegisterType>(text, ignoreCase: true, out var type))
            return type == RegisterType.Bool && Text("bit").Length > 0 ? RegisterType.Bit : type;
        Fail(Cell("type"), $"the type '{text}' is not one of {string.Join(", ", Enum.GetNames<RegisterType>()).ToLowerInvariant()}");
        return null;
    }

    private bool TryCodec(RegisterType type, out RegisterCodec codec)
    {
        codec = default;
        var before = _errors.Count;
        var order = ByteOrder.Abcd;
        if (Text("order").Length > 0 && !ByteOrder.TryParse(Text("order"), out order))
            Fail(Cell("order"), $"the order '{Text("order")}' is not one of ABCD, CDAB, BADC, DCBA, or each of the first letters once");
        else if (type != RegisterType.Text && !order.Fits(2 * RegisterCodec.RegistersOf(type)))
            Fail(Cell("order"), $"the order '{Text("order")}' does not fit the width of the type {Text("type")}");
        var bit = Whole("bit", 0, 15);
        if (type == RegisterType.Bit && bit is null && _errors.Count == before)
            Fail(Cell("bit"), "the type bit needs the number of the bit, 0 to 15");
        if (type != RegisterType.Bit && bit is not null)
            Fail(Cell("bit"), "a bit number needs the type bit or bool");
        var length = Whole("length", 1, 125);
        if (type == RegisterType.Text && length is null && _errors.Count == before)
            Fail(Cell("length"), "text needs its length in registers");
        if (type != RegisterType.Text && length is not null)
            Fail(Cell("length"), "a length is for text only");
        if (_errors.Count > before)
            return false;
        codec = RegisterCodec.ForRegisters(type, order, 0, (int)(bit ?? 0), (int)(2 * (length ?? 1)));
        return true;
    }

    /// <summary>Writes the value of the row; integers are exact to 64 bits, hexadecimal ones too.</summary>
    private bool Encode(RegisterCodec codec, Span<byte> memory)
    {
        var text = Text("value");
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        RegisterStatus status;
        if (codec.Type == RegisterType.Text)
            status = codec.TryEncodeText(text, memory);
        else if (isHex && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            status = codec.TryEncodeUInt64(bits, memory);
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            status = codec.TryEncodeInt64(whole, memory);
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bits))
            status = codec.TryEncodeUInt64(bits, memory);
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            status = codec.TryEncode(number, memory);
        else
            return Fail(Cell("value"), $"the value '{text}' is not a number; write a decimal point, or 0x and hexadecimal digits");
        return status == RegisterStatus.Ok || Fail(Cell("value"), $"the value '{text}' does not fit the type {(Text("type").Length > 0 ? Text("type") : "uint16")}");
    }

    private void ReadFault(DataSpace space, int address, int last)
    {
        if (!FaultText.TryKind(Text("fault"), out var kind))
        {
            Fail(Cell("fault"), $"the fault '{Text("fault")}' is not one of {FaultText.AllKinds}");
            return;
        }

        var before = _errors.Count;
        var rule = new FaultRule
        {
            Space = space,
            From = (ushort)address,
            To = (ushort)Math.Max(address, last),
            Kind = kind,
            Argument = (int?)Whole("faultArgument", int.MinValue, int.MaxValue),
            Unit = (byte?)Whole("unit", 0, byte.MaxValue),
            Function = (byte?)Whole("function", 0, byte.MaxValue),
            Probability = Number("probability") ?? 1,
            Skip = Whole("skip", 0, long.MaxValue) ?? 0,
            Count = Whole("count", 1, long.MaxValue),
            Seconds = Number("seconds"),
        };
        if (_errors.Count > before)
            return;
        if (rule.FindMistake() is { } mistake)
            Fail(Cell(rule.Argument is null ? "fault" : "faultArgument"), mistake);
        else if (_map.Faults.Count == FaultRules.MostRules)
            Fail(Cell("fault"), $"there are more than {FaultRules.MostRules} fault rules");
        else
            _map.Faults.Add(rule);
    }

    private bool Occupy(DataSpace space, int address, int count, bool isPartial)
    {
        for (var at = address; at < address + count; at++)
        {
            // Bits and bytes share a register with each other; 0 marks such a register.
            var line = isPartial ? 0 : _row[0].Line;
            if (_occupied.TryAdd((space, at), line))
                continue;
            var other = _occupied[(space, at)];
            if (!isPartial || other != 0)
                return Fail(Cell("address"), $"the {FaultText.Of(space)} {at} has a value already{(other == 0 ? "" : $", in line {other}")}");
        }

        return true;
    }

    private static bool IsPartial(RegisterType type) => type is RegisterType.Bit or RegisterType.Int8 or RegisterType.UInt8
        or RegisterType.Int8High or RegisterType.UInt8High;

    private long? Whole(string column, long low, long high)
    {
        var text = Text(column);
        if (text.Length == 0)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high)
            return value;
        Fail(Cell(column), $"'{column}' is '{text}'; it must be a whole number from {low} to {high}");
        return null;
    }

    private double? Number(string column)
    {
        var text = Text(column);
        if (text.Length == 0)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        Fail(Cell(column), $"'{column}' is '{text}', which is not a number; write a decimal point");
        return null;
    }

    private string Text(string column) => Cell(column).Text ?? "";

    /// <summary>The cell of a column in the present row; the row's first cell, without text, where there is none.</summary>
    private BankCell Cell(string column) => _columns.TryGetValue(column, out var index) && index < _row.Length
        ? _row[index]
        : _row[0] with { Text = "" };

    private bool Fail(BankCell cell, string message)
    {
        _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{_path}({cell.Line},{cell.Column}): error: {message}"));
        return false;
    }
}
