using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Evaluate;

/// <summary>
/// <c>gateway evaluate</c> on a year of quarter hours of 20 parameters under five rule sets, from the start of the
/// process to its end, in the wide and in the long layout.
/// </summary>
internal sealed class EvaluateBenchmark(TextWriter output, string gateway, string standards)
{
    private const double MostSeconds = 2;
    private const int Steps = 365 * 96;

    // Nineteen parameters stand in both standards; the twentieth differs.
    private static readonly string[] s_parameters =
        ["As", "BOD5", "COD", "Cd", "Cr6", "Cu", "Hg", "LAS", "NH3-N", "Pb", "Se", "TN", "TP", "Zn", "faecal-coliform", "pH", "petroleum", "sulphide", "volatile-phenol"];

    private static readonly (string File, string Class, string Twentieth)[] s_ruleSets =
    [
        ("gb-18918-2002.json", "1A", "SS"), ("gb-18918-2002.json", "1B", "SS"),
        ("gb-3838-2002.json", "III", "DO"), ("gb-3838-2002.json", "IV", "DO"), ("gb-3838-2002.json", "V", "DO"),
    ];

    /// <summary>Makes the files, runs and prints; false when it takes longer than it may.</summary>
    public bool Run(int rounds)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-evaluate-");
        try
        {
            string permit = Path.Combine(folder.FullName, "permit.json"), wide = Path.Combine(folder.FullName, "wide.csv"), longOne = Path.Combine(folder.FullName, "long.csv");
            foreach (string file in s_ruleSets.Select(set => set.File).Distinct())
                File.Copy(Path.Combine(standards, file), Path.Combine(folder.FullName, file));
            File.WriteAllText(permit, Permit());
            WriteSamples(wide, longOne);
            var table = new Table($"{s_parameters.Length + 1} parameters, {s_ruleSets.Length} rule sets, {Steps} times", "s with start-up", "quartiles", "MB of samples");
            Series first = Measure(table, "wide layout", permit, wide, rounds);
            Measure(table, "long layout", permit, longOne, rounds);
            table.Print(output);
            Contest.Judge(output, "seconds, wide layout", first.Median, MostSeconds);
            output.WriteLine();
            return first.Median <= MostSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Series Measure(Table table, string name, string permit, string samples, int rounds)
    {
        var seconds = new Series();
        for (int round = 0; round < rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            using Process process = Start(permit, samples);
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (process.ExitCode is not (0 or 4 or 5) || !text.Contains("365 windows", StringComparison.Ordinal))
                throw new BenchmarkException($"evaluate ended with {process.ExitCode} and judged no year:\n{text[..Math.Min(text.Length, 500)]}");
        }
        table.Add(name, seconds.Median.ToString("F2"), seconds.Quartiles("F2"), (new FileInfo(samples).Length / 1e6).ToString("F1"));
        return seconds;
    }

    private Process Start(string permit, string samples)
    {
        string[] arguments = ["evaluate", "--permit", permit, "--samples", samples];
        bool isManaged = gateway.EndsWith(".dll", StringComparison.Ordinal);
        return Process.Start(new ProcessStartInfo(isManaged ? "dotnet" : gateway, isManaged ? [gateway, .. arguments] : arguments) { RedirectStandardOutput = true })!;
    }

    private static string Permit()
    {
        var text = new StringBuilder("{ \"timeZone\": \"Asia/Shanghai\", \"permits\": [\n");
        for (int set = 0; set < s_ruleSets.Length; set++)
        {
            (string file, string @class, string twentieth) = s_ruleSets[set];
            text.Append(CultureInfo.InvariantCulture, $"{{ \"id\": \"set-{set + 1}\", \"standard\": \"{file}\", \"class\": \"{@class}\", \"buildDate\": \"2008-06-01\", \"waterBody\": \"lakeOrReservoir\", \"flowTag\": \"FLOW\", \"temperatureTag\": \"TEMP\", \"parameters\": [\n");
            foreach (string parameter in (string[])[.. s_parameters, twentieth])
            {
                text.Append(CultureInfo.InvariantCulture, $"  {{ \"parameter\": \"{parameter}\", \"statistics\": [\"{(parameter == "pH" ? "oneOff" : "dailyMean")}\"] }},\n");
            }
            text.Append("] },\n");
        }
        return text.Append("] }").ToString();
    }

    private static void WriteSamples(string wide, string longOne)
    {
        string[] names = [.. s_parameters, "SS", "DO", "FLOW", "TEMP"];
        string[] units = [.. names.Select(name => name switch { "pH" => "pH", "faecal-coliform" => "number/L", "FLOW" => "m3/h", "TEMP" => "degC", _ => "mg/L" })];
        using var wideFile = new StreamWriter(wide);
        using var longFile = new StreamWriter(longOne);
        wideFile.Write("time");
        for (int i = 0; i < names.Length; i++)
            wideFile.Write($",{names[i]} ({units[i]})");
        wideFile.WriteLine();
        longFile.WriteLine("time,parameter,value,unit");
        var at = new DateTime(2025, 1, 1);
        var random = new Random(5);
        for (int step = 0; step < Steps; step++, at = at.AddMinutes(15))
        {
            string time = at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) + "+08:00";
            wideFile.Write(time);
            for (int i = 0; i < names.Length; i++)
            {
                double mean = names[i] switch { "pH" or "DO" => 7, "faecal-coliform" => 400, "FLOW" => 15_000, "TEMP" => 18, "COD" => 25, _ => 0.4 };
                string value = (mean * (0.9 + (0.2 * random.NextDouble()))).ToString("G5", CultureInfo.InvariantCulture);
                wideFile.Write($",{value}");
                longFile.WriteLine($"{time},{names[i]},{value},{units[i]}");
            }
            wideFile.WriteLine();
        }
    }
}
