using System.CommandLine;
using Gateway.Configuration;

namespace Gateway.Cli;

/// <summary>The option --site and what every verb does with a site that is wrong.</summary>
internal static class SiteOption
{
    public static Option<string> Create() => new("--site") { Description = "Folder with gateway.json and the tables", Required = true };

    /// <summary>Loads the site and prints every diagnostic to standard error.</summary>
    /// <returns>The site, or null when it has errors.</returns>
    public static SiteConfiguration? Load(string folder)
    {
        SiteLoadResult result = SiteLoader.Load(folder);
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        return result.Site;
    }
}
