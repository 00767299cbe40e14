namespace Gateway;

/// <summary>Small files that must not be lost or half written by a power cut.</summary>
internal static class DurableFile
{
    /// <summary>Replaces a file; a crash leaves the old one or the new one.</summary>
    /// <param name="file">Path.</param>
    /// <param name="content">All of it.</param>
    /// <param name="isPrivate">True lets only its owner read it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static void Replace(string file, ReadOnlySpan<byte> content, bool isPrivate)
    {
        string fresh = file + ".new";
        Write(fresh, content, isPrivate);
        File.Move(fresh, file, overwrite: true);
    }

    /// <summary>Writes a file to the disk; what a crash has left of an earlier attempt is removed before.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static void Write(string file, ReadOnlySpan<byte> content, bool isPrivate)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (isPrivate && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
