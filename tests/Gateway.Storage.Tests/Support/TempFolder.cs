namespace Gateway.Storage.Tests.Support;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "gateway-" + Guid.NewGuid().ToString("N"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies the journal as a kill would leave it: what was committed is in the log of the file.</summary>
    public TempFolder CopyJournal()
    {
        var copy = new TempFolder();
        foreach (string suffix in new[] { "", "-wal" })
            if (System.IO.File.Exists(File("journal.db" + suffix)))
                System.IO.File.Copy(File("journal.db" + suffix), copy.File("journal.db" + suffix));
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
