using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Samples;

namespace Gateway.Configuration.Tests;

/// <summary>
/// One bad file per code: testdata/GWnnnn.FILE.bad.EXT takes the place of FILE.EXT in the base site, and what is
/// printed must equal GWnnnn.expected.txt. GATEWAY_UPDATE_EXPECTED=1 renews the expected texts.
/// </summary>
public sealed class BadFileTests
{
    public static TheoryData<string> Codes => [.. DiagnosticCodes.All.Select(code => code.Id)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Each_code_has_a_bad_file_with_its_text(string code)
    {
        string[] files = Directory.GetFiles(SiteFolder.TestData, code + ".*.bad.*");
        Assert.True(files.Length == 1, $"{code} needs one file testdata/{code}.FILE.bad.EXT, found {files.Length}");
        string[] parts = Path.GetFileName(files[0]).Split('.');
        string name = parts[1] + "." + parts[^1];
        using var site = new SiteFolder();
        // Most bad tag tables lack the tags that the other files name.
        if (parts[1] == "tags")
            site.Bare(keep: code.StartsWith("GW5", StringComparison.Ordinal) ? "outputs.csv" : code.StartsWith("GW4", StringComparison.Ordinal) ? "compliance.json" : "");
        // Node ids need a device that has them.
        if (code is "GW2126" or "GW2127")
            File.Copy(Path.Combine(SiteFolder.TestData, "opcua", "gateway.json"), Path.Combine(site.Path, "gateway.json"), overwrite: true);
        SiteLoadResult result;
        switch (parts[^1])
        {
            case "missing":
                name = parts[1] + (parts[1] is "gateway" or "compliance" ? ".json" : ".csv");
                File.Delete(Path.Combine(site.Path, name));
                result = site.Load();
                break;
            case "folder":
                name = parts[1] + ".csv";
                File.Delete(Path.Combine(site.Path, name));
                Directory.CreateDirectory(Path.Combine(site.Path, name));
                result = site.Load();
                break;
            case "csv" when parts[1] == "samples":
                File.Copy(files[0], Path.Combine(site.Path, name));
                EvaluationLoadResult evaluation = EvaluationLoader.Load(Path.Combine(site.Path, "compliance.json"), Path.Combine(site.Path, name), new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
                Assert.Equal(evaluation.Input is null, evaluation.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error));
                result = new SiteLoadResult(evaluation.Input is null ? null : site.Load().Site, evaluation.Diagnostics);
                break;
            default:
                File.Copy(files[0], Path.Combine(site.Path, name), overwrite: true);
                // The limits of real sites would need files of megabytes here.
                result = SiteLoader.Load(site.Path, code switch
                {
                    "GW1003" => new LoadLimits(CsvBytes: 200),
                    "GW1207" => new LoadLimits(Rows: 3),
                    _ => new LoadLimits(),
                });
                break;
        }
        string printed = site.Print(result), expectedPath = Path.Combine(SiteFolder.TestData, code + ".expected.txt");
        if (code == "GW1000")
            printed = printed[printed.TrimEnd().LastIndexOf('\n')..].TrimStart();
        if (Environment.GetEnvironmentVariable("GATEWAY_UPDATE_EXPECTED") == "1")
            File.WriteAllText(expectedPath, printed);
        Assert.Equal(File.ReadAllText(expectedPath), printed);
        Assert.Contains(code, printed, StringComparison.Ordinal);
        // What a permit makes of a standard is reported at the permit.
        if (!code.StartsWith("GW5", StringComparison.Ordinal) && code != "GW4016")
            Assert.Contains(name, printed, StringComparison.Ordinal);
        bool isError = DiagnosticCodes.All.Single(c => c.Id == code).Severity == DiagnosticSeverity.Error;
        Assert.Equal(isError, result.Site is null);
    }

    [Fact]
    public void The_base_site_has_no_diagnostics()
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.Load();
        Assert.Equal("", site.Print(result));
        Assert.NotNull(result.Site);
    }

    [Fact]
    public void Codes_are_unique_and_rise()
    {
        string[] ids = [.. DiagnosticCodes.All.Select(code => code.Id)];
        Assert.Equal(ids.Order(StringComparer.Ordinal).Distinct(), ids);
    }
}
