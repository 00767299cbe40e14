namespace Gateway.Fuzz.Targets;

/// <summary>A small, right site in a folder in memory, one file of which is replaced again and again.</summary>
internal sealed class SiteFolder : IDisposable
{
    public SiteFolder()
    {
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, "gateway-fuzz-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
        foreach (string file in Directory.GetFiles(Base))
            File.Copy(file, FileOf(System.IO.Path.GetFileName(file)));
    }

    public static string Base { get; } = System.IO.Path.Combine(FuzzTargets.CorpusFolder, "base-site");

    public string Path { get; }

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
