namespace Gateway.Configuration.Diagnostics;

/// <summary>A place in a configuration file; line and column from 1, 0 for the whole file.</summary>
/// <param name="File">Path as it is printed.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column in characters from 1.</param>
internal readonly record struct Location(string File, int Line, int Column)
{
    /// <summary>The file as a whole.</summary>
    public static Location Of(string file) => new(file, 0, 0);
}

/// <summary>
/// Collects all that is wrong with a site. Bounded, so that a file of rubbish costs little; what was left out is
/// counted. Used by one thread.
/// </summary>
internal sealed class DiagnosticBag
{
    /// <summary>Most diagnostics kept.</summary>
    public const int Capacity = 1000;

    // A typing error is worth a search through all names, a hundred thousand of them are not.
    private const int SuggestionBudget = 2_000_000;

    private readonly List<Diagnostic> _items = [];
    private readonly HashSet<Diagnostic> _seen = [];
    private int _leftOut;
    private int _compared;

    /// <summary>Number of errors reported, the ones left out included.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>Adds a diagnostic.</summary>
    public void Report(DiagnosticCode code, Location at, string message)
    {
        if (code.Severity == DiagnosticSeverity.Error)
            ErrorCount++;
        var item = new Diagnostic(code.Id, code.Severity, at.File, at.Line, at.Column, message);
        // Two checks that come to the same finding, such as those of two statistics, say it once.
        if (_items.Count >= Capacity)
            _leftOut++;
        else if (_seen.Add(item))
            _items.Add(item);
    }

    /// <summary><c>; did you mean 'x'?</c>, or the few names there are, or nothing.</summary>
    public string Suggest(string name, IReadOnlyCollection<string> candidates)
    {
        if (_items.Count >= Capacity || _compared > SuggestionBudget)
            return "";
        _compared += candidates.Count;
        return Suggestion.For(name, candidates);
    }

    /// <summary>All diagnostics, by file in the order of reading, then by place.</summary>
    public IReadOnlyList<Diagnostic> ToList()
    {
        var files = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Diagnostic item in _items)
            files.TryAdd(item.File, files.Count);
        List<Diagnostic> sorted = [.. _items
            .OrderBy(item => files[item.File]).ThenBy(item => item.Line).ThenBy(item => item.Column).ThenBy(item => item.Code, StringComparer.Ordinal)];
        if (_leftOut > 0)
        {
            string file = sorted[^1].File;
            sorted.Add(new Diagnostic(DiagnosticCodes.TooMany.Id, DiagnosticSeverity.Error, file, 0, 0,
                $"{_leftOut} more diagnostics are left out; correct the {Capacity} above and check again"));
        }
        return sorted;
    }
}
