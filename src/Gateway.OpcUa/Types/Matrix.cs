namespace Gateway.OpcUa.Types;

/// <summary>An array of several dimensions: its elements in order, the lowest index varying slowest.</summary>
public sealed class Matrix
{
    /// <summary>Joins elements and dimensions.</summary>
    /// <param name="elements">A one-dimensional array of the built-in type.</param>
    /// <param name="dimensions">Two or more lengths, none negative, whose product is the number of elements.</param>
    /// <exception cref="ArgumentException">The product does not fit.</exception>
    public Matrix(Array elements, int[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(dimensions);
        if (!Fits(elements.Length, dimensions))
            throw new ArgumentException("The product of the dimensions is not the number of elements.", nameof(dimensions));
        Elements = elements;
        Dimensions = dimensions;
    }

    /// <summary>All elements in order.</summary>
    public Array Elements { get; }

    /// <summary>The lengths.</summary>
    public int[] Dimensions { get; }

    internal static bool Fits(int length, ReadOnlySpan<int> dimensions)
    {
        long product = 1;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0)
                return false;
            product *= dimension;
            if (product > int.MaxValue)
                return false;
        }

        return product == length;
    }
}
