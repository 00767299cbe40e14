using System.Runtime.CompilerServices;
using Gateway.Configuration;

namespace Gateway.SystemTests.Support;

/// <summary>The example site of the checkout these tests were built from.</summary>
internal static class ExampleSite
{
    public static string Checkout([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    public static string Folder() => Path.Combine(Checkout(), "config", "tangjiatuo");

    public static SiteConfiguration Load()
    {
        SiteLoadResult loaded = SiteLoader.Load(Folder());
        Assert.True(loaded.Site is not null, string.Join('\n', loaded.Diagnostics));
        return loaded.Site!;
    }
}
