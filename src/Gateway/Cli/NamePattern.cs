namespace Gateway.Cli;

/// <summary>A pattern of names along a path: * stands for any part of a name, ** for any number of names. Pure.</summary>
internal static class NamePattern
{
    private const string AnyNames = "**";

    /// <summary>True when the whole path fits.</summary>
    public static bool Fits(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty)
            return path.IsEmpty;
        if (pattern[0] == AnyNames)
            return Fits(pattern[1..], path) || (!path.IsEmpty && Fits(pattern, path[1..]));
        return !path.IsEmpty && FitsName(pattern[0], path[0]) && Fits(pattern[1..], path[1..]);
    }

    /// <summary>True when something below the path may fit.</summary>
    public static bool MayLead(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
            return !pattern.IsEmpty;
        if (pattern.IsEmpty)
            return false;
        return pattern[0] == AnyNames || (FitsName(pattern[0], path[0]) && MayLead(pattern[1..], path[1..]));
    }

    private static bool FitsName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '*')
            {
                for (int i = 0; i <= name.Length; i++)
                    if (FitsName(pattern[1..], name[i..]))
                        return true;
                return false;
            }

            if (name.IsEmpty || char.ToUpperInvariant(pattern[0]) != char.ToUpperInvariant(name[0]))
                return false;
            pattern = pattern[1..];
            name = name[1..];
        }

        return name.IsEmpty;
    }
}
