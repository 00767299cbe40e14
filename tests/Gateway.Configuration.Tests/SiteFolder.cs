namespace Gateway.Configuration.Tests;

/// <summary>A site in a temporary folder: the base site with some files replaced. Deleted at the end.</summary>
internal sealed class SiteFolder : IDisposable
{
    public SiteFolder()
    {
        Path = Directory.CreateTempSubdirectory("gateway-site-").FullName;
        foreach (string file in Directory.GetFiles(System.IO.Path.Combine(TestData, "base")))
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
    }

    public string Path { get; }

    /// <summary>The folder of test data in the source tree, so that expected texts can be renewed in place.</summary>
    public static string TestData { get; } = Find("tests/Gateway.Configuration.Tests/testdata");

    /// <summary>A folder of the repository.</summary>
    public static string Find(string folder)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists(System.IO.Path.Combine(at.FullName, folder)))
                return System.IO.Path.Combine(at.FullName, folder);
        throw new DirectoryNotFoundException(folder);
    }

    public SiteFolder With(string file, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, file), text);
        return this;
    }

    public SiteFolder With(string file, byte[] bytes)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, file), bytes);
        return this;
    }

    /// <summary>Replaces a text that occurs in a file of the base site.</summary>
    public SiteFolder Change(string file, string from, string to)
    {
        string path = System.IO.Path.Combine(Path, file), text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        return this;
    }

    /// <summary>Removes the files that need tags.csv, for tests of that file alone.</summary>
    public SiteFolder Bare(string keep = "")
    {
        foreach (string file in ((string[])["alarms.csv", "compliance.json", "outputs.csv"]).Where(file => file != keep))
            File.Delete(System.IO.Path.Combine(Path, file));
        return this;
    }

    public SiteLoadResult Load() => SiteLoader.Load(Path);

    /// <summary>The diagnostics as printed, without the temporary folder.</summary>
    public string Print(SiteLoadResult result) =>
        string.Concat(result.Diagnostics.Select(d => d.ToString().Replace(Path + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal) + "\n"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
