namespace Gateway.Runtime.Compliance;

/// <summary>
/// A sum kept in two doubles, about 106 bits. A verdict compares a mean with a limit and equality complies, so the
/// mean of constant values must come out as exactly that value whatever the weights and however many there are.
/// </summary>
public struct PreciseSum
{
    /// <summary>The sum rounded to a double.</summary>
    public double High;
    /// <summary>What the rounding left over.</summary>
    public double Low;

    /// <summary>Adds <paramref name="a"/> times <paramref name="b"/> without rounding the product.</summary>
    public void AddProduct(double a, double b)
    {
        double product = a * b;
        Add(product, Math.FusedMultiplyAdd(a, b, -product));
    }

    /// <summary>Adds the product of three factors.</summary>
    public void AddProduct(double a, double b, double c)
    {
        double first = a * b;
        double firstRest = Math.FusedMultiplyAdd(a, b, -first);
        double product = first * c;
        double rest = Math.FusedMultiplyAdd(first, c, -product);
        Add(product, Math.FusedMultiplyAdd(firstRest, c, rest));
    }

    /// <summary>Adds another sum.</summary>
    public void Add(in PreciseSum other) => Add(other.High, other.Low);

    /// <summary>
    /// This sum divided by another, rounded once. NaN when the divisor is not above zero: there is no mean of nothing.
    /// </summary>
    public readonly double DividedBy(in PreciseSum divisor)
    {
        if (!(divisor.High > 0))
            return double.NaN;
        double quotient = High / divisor.High;
        double product = quotient * divisor.High;
        double productRest = Math.FusedMultiplyAdd(quotient, divisor.High, -product);
        double rest = High - product - productRest + Low - (quotient * divisor.Low);
        return quotient + (rest / divisor.High);
    }

    private void Add(double high, double low)
    {
        // Knuth's exact sum of the leading parts, then one renormalisation.
        double sum = High + high;
        double part = sum - High;
        double error = (High - (sum - part)) + (high - part) + (Low + low);
        High = sum + error;
        Low = error - (High - sum);
    }
}
