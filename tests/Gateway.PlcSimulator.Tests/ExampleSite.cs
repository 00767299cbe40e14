using System.Runtime.CompilerServices;
using Gateway.Configuration;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The example site of this checkout, found from the place of this source file.</summary>
internal static class ExampleSite
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "config", "tangjiatuo"));

    public static SiteConfiguration Load()
    {
        var result = SiteLoader.Load(Folder);
        Assert.True(result.Site is not null, string.Join('\n', result.Diagnostics));
        return result.Site;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
