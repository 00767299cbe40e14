using System.Text.RegularExpressions;
using Gateway.Cli;

namespace Gateway.Tests;

/// <summary>The verb evaluate as people run it: the example of docs/compliance.md prints what stands there, and each exit code occurs.</summary>
[Collection("console")]
public sealed class EvaluateVerbTests
{
    private const string Permit = """
        { "permits": [ { "id": "p", "standard": "gb-18918-2002.json", "class": "1A", "parameters": [ { "parameter": "COD", "flowWeighted": false } ] } ] }
        """;

    [Fact]
    public void The_example_of_the_documentation_prints_what_stands_there()
    {
        string path = Find("docs/compliance.md"), text = File.ReadAllText(path).ReplaceLineEndings("\n");
        (int code, string printed) = Run(Block(text, "permit"), Block(text, "samples"));
        if (Environment.GetEnvironmentVariable("GATEWAY_UPDATE_EXPECTED") == "1")
            File.WriteAllText(path, text.Replace(Block(text, "output"), printed, StringComparison.Ordinal));
        Assert.Equal(4, code);
        Assert.Equal(Block(File.ReadAllText(path).ReplaceLineEndings("\n"), "output"), printed);
    }

    [Theory]
    [InlineData(0, "time,COD\n2026-03-01T10:00:00+08:00,50\n")]
    [InlineData(4, "time,COD\n2026-03-01T10:00:00+08:00,50.01\n")]
    [InlineData(5, "time,COD\n2026-03-01T10:00:00+08:00,>20\n")]
    [InlineData(5, "time,BOD5\n2026-03-01T10:00:00+08:00,5\n")]
    [InlineData(1, "time,COD\n2026-03-01T10:00:00+08:00,much\n")]
    public void Each_exit_code_has_its_input(int expected, string samples) => Assert.Equal(expected, Run(Permit, samples).Code);

    private static (int Code, string Printed) Run(string permit, string samples)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-evaluate-");
        TextWriter former = Console.Out;
        using var output = new StringWriter { NewLine = "\n" };
        try
        {
            File.Copy(Find("config/standards/gb-18918-2002.json"), Path.Combine(folder.FullName, "gb-18918-2002.json"));
            File.WriteAllText(Path.Combine(folder.FullName, "p.json"), permit);
            File.WriteAllText(Path.Combine(folder.FullName, "s.csv"), samples);
            Console.SetOut(output);
            int code = CommandLine.Run(["evaluate", "--permit", Path.Combine(folder.FullName, "p.json"), "--samples", Path.Combine(folder.FullName, "s.csv")]);
            return (code, output.ToString());
        }
        finally
        {
            Console.SetOut(former);
            folder.Delete(recursive: true);
        }
    }

    private static string Block(string text, string name)
    {
        Match match = Regex.Match(text, "<!-- " + name + " -->\n+```[a-z]*\n(.*?)```", RegexOptions.Singleline);
        Assert.True(match.Success, name);
        return match.Groups[1].Value;
    }

    private static string Find(string file)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, file)))
                return Path.Combine(at.FullName, file);
        throw new FileNotFoundException(file);
    }
}
