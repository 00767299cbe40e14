using System.Text.RegularExpressions;

namespace Gateway.TidyTests;

/// <summary>The manners of the source: size, names, places.</summary>
public sealed partial class LayoutTests
{
    private const int LongestFile = 520;
    private const int LongestFunction = 72;

    private static IEnumerable<(string Path, string[] Lines)> Sources() =>
        Checkout.Files("*.cs").Where(f => !f.EndsWith(".g.cs", StringComparison.Ordinal)).Select(f => (Checkout.Relative(f), File.ReadAllLines(f)));

    [Fact]
    public void No_file_is_too_long() =>
        Assert.Empty(Sources().Where(s => s.Lines.Length > LongestFile).Select(s => $"{s.Path}: {s.Lines.Length} lines"));

    [Fact]
    public void The_namespace_is_that_of_the_folder()
    {
        var wrong = new List<string>();
        foreach (var (path, lines) in Sources())
        {
            string? declared = lines.Select(l => NamespacePattern().Match(l)).FirstOrDefault(m => m.Success)?.Groups[1].Value;
            if (declared is null)
                continue; // top-level program
            string[] parts = path.Split('/');
            string expected = string.Join('.', parts[1..^1]);
            if (declared != expected && !expected.StartsWith(declared + ".", StringComparison.Ordinal))
                wrong.Add($"{path}: {declared}, expected {expected}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_function_is_too_long()
    {
        var wrong = new List<string>();
        foreach (var (path, lines) in Sources())
        {
            for (int i = 1; i < lines.Length; i++)
            {
                // A member's body opens with a brace alone, one indentation inside its type.
                Match open = OpenPattern().Match(lines[i]);
                if (!open.Success || !lines[i - 1].TrimEnd().EndsWith(')') || TypePattern().IsMatch(lines[i - 1]))
                    continue;
                string close = open.Groups[1].Value + "}";
                int end = Array.FindIndex(lines, i, l => l == close || l == close + ";" || l == close + ")" || l == close + ");");
                if (end - i - 1 > LongestFunction)
                    wrong.Add($"{path}({i}): {end - i - 1} lines");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        var wrong = new List<string>();
        foreach (var (path, lines) in Sources())
            wrong.AddRange(lines.Where(l => VagueName().IsMatch(l)).Select(l => $"{path}: {l.Trim()}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Log_event_ids_are_unique()
    {
        var ids = new Dictionary<string, string>();
        var wrong = new List<string>();
        foreach (var (path, lines) in Sources().Where(s => s.Path.StartsWith("src/", StringComparison.Ordinal)))
            foreach (Match match in lines.SelectMany(l => EventId().Matches(l)))
                if (!ids.TryAdd(match.Groups[1].Value, path))
                    wrong.Add($"{path}: event id {match.Groups[1].Value} is also in {ids[match.Groups[1].Value]}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Tests_do_not_sleep() =>
        Assert.Empty(Sources()
            .Where(s => s.Path.StartsWith("tests/", StringComparison.Ordinal) && !s.Path.StartsWith("tests/Gateway.TidyTests/", StringComparison.Ordinal))
            .SelectMany(s => s.Lines.Where(l => l.Contains("Thread.Sleep(", StringComparison.Ordinal)).Select(_ => s.Path)));

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^(    |        )\{$")]
    private static partial Regex OpenPattern();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\b")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"\b(class|struct|record|interface) \w*(Manager|Helper|Util|Utils|Impl|ServiceBase)\b")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"LoggerMessage\((?:EventId ?= ?)?(\d+)")]
    private static partial Regex EventId();
}
