namespace Gateway.Storage;

/// <summary>
/// The folder of everything that is kept: its names, its lock and its reserve. One gateway at a time may write into
/// it; the lock goes with the process, however that ends.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly long _reserveBytes;

    private DataFolder(string path, FileStream held, long reserveBytes)
    {
        Path = path;
        _lock = held;
        _reserveBytes = reserveBytes;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>The journal.</summary>
    public string JournalFile => JournalIn(Path);

    private string ReserveFile => System.IO.Path.Combine(Path, "reserve.bin");

    /// <summary>The journal of a data folder.</summary>
    public static string JournalIn(string folder) => System.IO.Path.Combine(folder, "journal.db");

    /// <summary>Makes the folder when it is missing and takes its lock.</summary>
    /// <exception cref="StoreException">It cannot be made or written, or another gateway uses it.</exception>
    public static DataFolder Open(string path, long reserveBytes)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException("GW6401", $"the data folder cannot be made: {e.Message}", e);
        }
        string name = System.IO.Path.Combine(full, "gateway.lock");
        try
        {
            return new DataFolder(full, new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), reserveBytes);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException("GW6401", $"the data folder cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            bool held = File.Exists(name);
            throw new StoreException(held ? "GW6403" : "GW6401", held ? $"the data folder is in use by another gateway, or cannot be written: {e.Message}" : $"the data folder cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Takes the space of the reserve when it is not there yet and the disk has twice as much to spare.</summary>
    /// <returns>False when there should be a reserve and there is none.</returns>
    public bool TryReserve()
    {
        if (_reserveBytes == 0)
            return true;
        try
        {
            if (File.Exists(ReserveFile) && new FileInfo(ReserveFile).Length >= _reserveBytes)
                return true;
            if (new DriveInfo(Path).AvailableFreeSpace < 2 * _reserveBytes)
                return false;
            using var file = new FileStream(ReserveFile, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = _reserveBytes });
            file.SetLength(_reserveBytes);
            // Some file systems only promise what was written; a reserve of holes would be none.
            Span<byte> block = stackalloc byte[4096];
            block.Fill(0x5A);
            for (long at = 0; at < _reserveBytes; at += block.Length)
                file.Write(block);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ReleaseReserve();
            return false;
        }
    }

    /// <summary>Gives the reserve back to the disk.</summary>
    /// <returns>True when there was one.</returns>
    public bool ReleaseReserve()
    {
        try
        {
            if (!File.Exists(ReserveFile))
                return false;
            File.Delete(ReserveFile);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether the disk has no room for a few commits.</summary>
    public bool IsFull()
    {
        try
        {
            return new DriveInfo(Path).AvailableFreeSpace < 256 * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Moves a damaged journal out of the way, with its log.</summary>
    /// <returns>Name of the file it is kept in.</returns>
    public string SetAside(DateTimeOffset now)
    {
        string aside = System.IO.Path.Combine(Path, $"journal-damaged-{now.UtcDateTime:yyyyMMddTHHmmssfff}.db");
        foreach (string suffix in new[] { "-wal", "-shm", "" })
            if (File.Exists(JournalFile + suffix))
                File.Move(JournalFile + suffix, aside + suffix);
        return System.IO.Path.GetFileName(aside);
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _lock.Dispose();
}
