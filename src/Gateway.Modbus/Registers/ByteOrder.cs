namespace Gateway.Modbus.Registers;

/// <summary>
/// The order of a value's bytes on the wire. Letters name bytes by weight, A the highest; their sequence is the
/// wire's. Common orders are three exchanges that can be combined; any other permutation is kept byte by byte.
/// </summary>
public readonly struct ByteOrder : IEquatable<ByteOrder>
{
    private const byte SwapBytes = 1;
    private const byte SwapWords = 2;
    private const byte SwapDoubleWords = 4;

    private readonly byte _exchanges;
    private readonly byte _freeLength;

    // For a free order: nibble i holds the weight position (0 = A) of wire byte i.
    private readonly uint _free;

    private ByteOrder(byte exchanges, byte freeLength = 0, uint free = 0)
    {
        _exchanges = exchanges;
        _freeLength = freeLength;
        _free = free;
    }

    /// <summary>Highest byte first, as the standard has it: AB, ABCD, ABCDEFGH.</summary>
    public static ByteOrder Abcd { get; } = new(0);

    /// <summary>Lowest register first: CDAB, and GHEFCDAB for 64 bits.</summary>
    public static ByteOrder Cdab { get; } = new(SwapWords | SwapDoubleWords);

    /// <summary>Bytes exchanged within each register: BA, BADC, BADCFEHG.</summary>
    public static ByteOrder Badc { get; } = new(SwapBytes);

    /// <summary>Lowest byte first: BA, DCBA, HGFEDCBA.</summary>
    public static ByteOrder Dcba { get; } = new(SwapBytes | SwapWords | SwapDoubleWords);

    /// <summary>Registers exchanged within each half of 64 bits: CDABGHEF.</summary>
    public static ByteOrder Cdabghef { get; } = new(SwapWords);

    /// <summary>Halves of 64 bits exchanged: EFGHABCD.</summary>
    public static ByteOrder Efghabcd { get; } = new(SwapDoubleWords);

    /// <summary>Bytes exchanged within each register; also the order of characters in text.</summary>
    public bool ExchangesBytes => (_exchanges & SwapBytes) != 0;

    /// <summary>The lowest register comes first, for types of two or three registers.</summary>
    internal bool LowWordFirst => (_exchanges & (SwapWords | SwapDoubleWords)) != 0;

    /// <summary>Compares two orders.</summary>
    public static bool operator ==(ByteOrder left, ByteOrder right) => left.Equals(right);

    /// <summary>Compares two orders.</summary>
    public static bool operator !=(ByteOrder left, ByteOrder right) => !left.Equals(right);

    /// <summary>
    /// Reads an order of 2, 4, 6 or 8 letters, upper or lower case, each of the first letters of the alphabet once.
    /// A short order also serves wider types by the same exchanges: CDAB means GHEFCDAB for 64 bits.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ByteOrder order)
    {
        order = default;
        if (text.Length is not (2 or 4 or 6 or 8))
            return false;
        uint wire = 0;
        uint seen = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var weight = (text[i] | 0x20) - 'a';
            if (weight < 0 || weight >= text.Length || !char.IsAsciiLetter(text[i]))
                return false;
            wire |= (uint)weight << (4 * i);
            seen |= 1u << weight;
        }

        if (seen != (1u << text.Length) - 1)
            return false;
        order = Recognize(wire, text.Length);
        return true;
    }

    /// <summary>True when a value of this many bytes can have this order; only a free order is bound to one length.</summary>
    public bool Fits(int bytes) => _freeLength == 0 || _freeLength == bytes;

    /// <summary>Turns wire bytes, loaded highest first into the low <paramref name="bytes"/> bytes, into the value.</summary>
    internal ulong ToValue(ulong wire, int bytes) => _freeLength == 0 ? Exchange(wire, bytes) : Permute(wire, bytes, toValue: true);

    /// <summary>The inverse of <see cref="ToValue"/>.</summary>
    internal ulong ToWire(ulong value, int bytes) => _freeLength == 0 ? Exchange(value, bytes) : Permute(value, bytes, toValue: false);

    /// <inheritdoc/>
    public bool Equals(ByteOrder other) =>
        _exchanges == other._exchanges && _freeLength == other._freeLength && _free == other._free;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ByteOrder other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_exchanges, _freeLength, _free);

    /// <summary>The letters for a value of <paramref name="bytes"/> bytes (2, 4, 6 or 8).</summary>
    public string ToString(int bytes)
    {
        Span<char> letters = stackalloc char[8];
        for (var i = 0; i < bytes; i++)
        {
            // A value whose byte of weight w is w tells by its wire form where each weight went.
            var wire = ToWireByte(i, bytes);
            letters[i] = (char)('A' + wire);
        }

        return letters[..bytes].ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(_freeLength != 0 ? _freeLength : 8);

    private static ByteOrder Recognize(uint wire, int length)
    {
        // Two- and four-letter orders extend to wider types, so they are tried as full reversals first.
        ReadOnlySpan<byte> candidates = [0, 1, 6, 7, 2, 4, 3, 5];
        foreach (var exchanges in candidates)
        {
            var candidate = new ByteOrder(exchanges);
            var isSame = true;
            for (var i = 0; i < length && isSame; i++)
                isSame = candidate.ToWireByte(i, length) == ((wire >> (4 * i)) & 15);
            if (isSame)
                return candidate;
        }

        return new ByteOrder(0, (byte)length, wire);
    }

    /// <summary>The weight (0 = highest) of wire byte <paramref name="index"/>.</summary>
    private int ToWireByte(int index, int bytes)
    {
        if (_freeLength != 0)
            return (int)((_free >> (4 * index)) & 15);
        ulong value = 0;
        for (var weight = 0; weight < bytes; weight++)
            value = (value << 8) | (uint)weight;
        return (int)((Exchange(value, bytes) >> (8 * (bytes - 1 - index))) & 0xFF);
    }

    private ulong Exchange(ulong value, int bytes)
    {
        if (_exchanges == 0)
            return value;
        if ((_exchanges & SwapBytes) != 0)
            value = ((value & 0x00FF00FF00FF00FF) << 8) | ((value >> 8) & 0x00FF00FF00FF00FF);
        switch (bytes)
        {
            case 4 when LowWordFirst:
                return (value << 16 | value >> 16) & 0xFFFFFFFF;
            case 6 when LowWordFirst:
                return ((value & 0xFFFF) << 32) | (value & 0xFFFF0000) | (value >> 32);
            case 8:
                if ((_exchanges & SwapWords) != 0)
                    value = ((value & 0x0000FFFF0000FFFF) << 16) | ((value >> 16) & 0x0000FFFF0000FFFF);
                if ((_exchanges & SwapDoubleWords) != 0)
                    value = (value << 32) | (value >> 32);
                return value;
            default:
                return value;
        }
    }

    private ulong Permute(ulong from, int bytes, bool toValue)
    {
        ulong result = 0;
        for (var i = 0; i < bytes; i++)
        {
            var weight = (int)((_free >> (4 * i)) & 15);
            var source = toValue ? i : weight;
            var target = toValue ? weight : i;
            result |= ((from >> (8 * (bytes - 1 - source))) & 0xFF) << (8 * (bytes - 1 - target));
        }

        return result;
    }
}
