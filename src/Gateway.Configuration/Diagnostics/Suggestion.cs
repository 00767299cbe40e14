namespace Gateway.Configuration.Diagnostics;

/// <summary>Finds what a mistyped name was probably meant to be. Pure.</summary>
internal static class Suggestion
{
    // Beyond a few names a list does not help; the nearest one still does.
    private const int MostListed = 8;
    private const int LongestName = 64;

    /// <summary><c>; did you mean 'x'?</c>, or a list of the few names there are, or nothing.</summary>
    public static string For(string name, IReadOnlyCollection<string> candidates)
    {
        if (Nearest(name, candidates) is { } nearest)
            return $"; did you mean '{nearest}'?";
        if (candidates.Count is 0 or > MostListed)
            return "";
        return (candidates.Count == 1 ? "; there is only " : "; there are ") + string.Join(", ", candidates.Select(c => $"'{c}'"));
    }

    /// <summary>The nearest candidate within a third of the name's length, or null.</summary>
    public static string? Nearest(string name, IReadOnlyCollection<string> candidates)
    {
        if (name.Length is 0 or > LongestName)
            return null;
        int best = Math.Min(Math.Clamp(name.Length / 3, 1, 3) + 1, name.Length);
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) >= best || candidate.Length > LongestName)
                continue;
            int distance = Distance(name, candidate, best);
            if (distance < best)
                (best, nearest) = (distance, candidate);
        }
        return nearest;
    }

    /// <summary>
    /// Edits between two names, upper and lower case being equal: inserted, deleted or replaced characters and swapped
    /// neighbors. Gives <paramref name="limit"/> as soon as it is sure that the distance is not below.
    /// </summary>
    public static int Distance(string a, string b, int limit)
    {
        Span<int> before = stackalloc int[LongestName + 1], previous = stackalloc int[LongestName + 1], current = stackalloc int[LongestName + 1];
        for (int j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            int lowest = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = Same(a[i - 1], b[j - 1]);
                int value = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    value = Math.Min(value, before[j - 2] + 1);
                current[j] = value;
                lowest = Math.Min(lowest, value);
            }
            if (lowest >= limit)
                return limit;
            Span<int> reused = before;
            before = previous;
            previous = current;
            current = reused;
        }
        return Math.Min(previous[b.Length], limit);
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
