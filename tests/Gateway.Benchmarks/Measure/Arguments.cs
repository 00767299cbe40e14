using System.Globalization;

namespace Gateway.Benchmarks.Measure;

/// <summary>The words after the mode: "--name value" pairs and flags.</summary>
internal sealed class Arguments(string[] words)
{
    public bool Has(string name) => Array.IndexOf(words, name) >= 0;

    public string? Text(string name)
    {
        int at = Array.IndexOf(words, name);
        if (at < 0)
            return null;
        return at + 1 < words.Length ? words[at + 1] : throw new BenchmarkException($"{name} needs a value");
    }

    public int Number(string name, int otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw new BenchmarkException($"{name}: '{text}' is no number");
    }
}
