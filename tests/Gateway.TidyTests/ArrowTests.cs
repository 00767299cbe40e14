using System.Xml.Linq;

namespace Gateway.TidyTests;

/// <summary>Which project may know which: arrows point only downwards.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Gateway.Modbus"] = [],
        ["Gateway.OpcUa"] = [],
        ["Gateway.Runtime"] = [],
        ["Gateway.Drivers"] = ["Gateway.Runtime", "Gateway.Modbus", "Gateway.OpcUa"],
        ["Gateway.Configuration"] = ["Gateway.Runtime", "Gateway.Drivers"],
        ["Gateway.Storage"] = ["Gateway.Runtime"],
        ["Gateway"] = ["Gateway.Modbus", "Gateway.OpcUa", "Gateway.Runtime", "Gateway.Drivers", "Gateway.Configuration", "Gateway.Storage"],
        ["Gateway.Simulation"] = ["Gateway.Modbus", "Gateway.OpcUa", "Gateway.Configuration", "Gateway.Drivers", "Gateway.Runtime"],
        ["Gateway.PlcSimulator"] = ["Gateway.Simulation", "Gateway.Modbus", "Gateway.OpcUa", "Gateway.Configuration", "Gateway.Drivers", "Gateway.Runtime"],
        ["Gateway.Demo"] = ["Gateway", "Gateway.Simulation", "Gateway.PlcSimulator"],
    };

    /// <summary>Optional lines for the vendors' packages may know the drivers only.</summary>
    private static readonly string[] VendorPrefixes = ["Gateway.Drivers."];

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (string file in Checkout.Files("*.csproj").Order(StringComparer.Ordinal))
            data.Add(Checkout.Relative(file));
        return data;
    }

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Checkout.Root, project));

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_downwards(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string[] references = [.. Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];
        if (project.StartsWith("tests/", StringComparison.Ordinal))
            return;
        string[] allowed = VendorPrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)) ? ["Gateway.Drivers", "Gateway.Runtime"] : Allowed[name];
        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_project_states_its_own_package_versions(string project) =>
        Assert.Empty(Load(project).Descendants("PackageReference").Where(p => p.Attribute("Version") is not null).Select(p => p.Attribute("Include")!.Value));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_is_in_the_solution_and_has_a_lock_file(string project)
    {
        if (VendorPrefixes.Any(p => Path.GetFileNameWithoutExtension(project).StartsWith(p, StringComparison.Ordinal)))
            return; // their packages are not on every feed
        string solution = File.ReadAllText(Path.Combine(Checkout.Root, "Gateway.sln")).Replace('\\', '/');
        Assert.Contains("\"" + project + "\"", solution, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Checkout.Root, Path.GetDirectoryName(project)!, "packages.lock.json")), "no packages.lock.json");
    }

    [Fact]
    public void The_runtime_needs_no_package_at_run_time()
    {
        XDocument project = Load("src/Gateway.Runtime/Gateway.Runtime.csproj");
        Assert.DoesNotContain(project.Descendants("PackageReference"), p => p.Attribute("PrivateAssets")?.Value != "all");
    }
}
