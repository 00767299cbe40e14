namespace Gateway.Storage.History;

/// <summary>
/// How values become whole numbers: most sensor values are decimal numbers with few digits, and then a difference of
/// two needs a few bits instead of eight bytes. A form is used only where it gives back each value to the bit.
/// </summary>
internal static class ValueForm
{
    /// <summary>The value is m / 10^form, for forms 0 to 9.</summary>
    public const int MaxDigits = 9;
    /// <summary>The value is the float nearest to m / 10^(form - 16), for forms 16 to 25: devices send floats.</summary>
    public const int Float = 16;
    /// <summary>No form fits: the bits themselves are kept.</summary>
    public const int Bits = 15;

    // Beyond 2^53 a double no longer holds each whole number.
    private const double Largest = 9_007_199_254_740_992;

    private static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>The whole number of a value in a form.</summary>
    /// <returns>False when the form does not give the value back.</returns>
    public static bool TryScale(double value, int form, out long number)
    {
        double power = s_powers[form & 15];
        double scaled = Math.Round(value * power);
        number = 0;
        // Written so that a NaN fails.
        if (!(Math.Abs(scaled) < Largest))
            return false;
        number = (long)scaled;
        double back = number / power;
        if (form >= Float)
            back = (float)back;
        // A negative zero has bits of its own.
        return BitConverter.DoubleToInt64Bits(back) == BitConverter.DoubleToInt64Bits(value);
    }

    /// <summary>The value of a whole number in a form.</summary>
    public static double Unscale(long number, int form)
    {
        double value = number / s_powers[form & 15];
        return form >= Float ? (float)value : value;
    }

    /// <summary>Whether a byte names a form of whole numbers.</summary>
    public static bool IsScaled(int form) => form is >= 0 and <= MaxDigits or >= Float and <= Float + MaxDigits;

    /// <summary>The first form from <paramref name="form"/> on that fits a value: more digits, then floats, then bits.</summary>
    public static int Find(double value, int form, out long number)
    {
        for (int next = form == Bits ? 0 : form; next <= Float + MaxDigits; next++)
        {
            if (next == MaxDigits + 1)
                next = Float;
            if (TryScale(value, next, out number))
                return next;
        }
        number = 0;
        return Bits;
    }

    /// <summary>A form that fits all of the values, beginning with one that fitted before.</summary>
    public static int FindAll(ReadOnlySpan<double> values, int form, Span<long> numbers)
    {
        int first = form == Bits ? 0 : form;
        form = first;
        for (int i = 0; i < values.Length; i++)
        {
            if (TryScale(values[i], form, out numbers[i]))
                continue;
            int next = Find(values[i], form, out _);
            if (next == Bits)
                return Bits;
            // More digits fit the values before as well, but with other numbers; a float form may not.
            form = next;
            i = -1;
        }
        return form;
    }
}
