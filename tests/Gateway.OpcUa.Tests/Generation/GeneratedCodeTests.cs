using System.Runtime.CompilerServices;

namespace Gateway.OpcUa.Tests.Generation;

/// <summary>The generated files say what the tables say. With GATEWAY_WRITE_GENERATED=1 they are written instead.</summary>
public sealed class GeneratedCodeTests
{
    [Fact]
    public void Generated_files_are_up_to_date()
    {
        string package = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/Gateway.OpcUa"));
        string folder = Path.Combine(package, "Generated");
        Dictionary<string, string> files = new CodeGenerator(new SchemaTables(Path.Combine(package, "Schema"))).Generate();
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_GENERATED") == "1")
            foreach (var (name, text) in files)
                File.WriteAllText(Path.Combine(folder, name), text);
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        foreach (var (name, text) in files)
            Assert.True(text == File.ReadAllText(Path.Combine(folder, name)), name + " is out of date: " + CodeGenerator.Command);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
