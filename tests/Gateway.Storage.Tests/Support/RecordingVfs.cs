using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Storage.Tests.Support;

/// <summary>What SQLite did to a file.</summary>
internal enum FileAct
{
    Write,
    Truncate,
    Sync,
    Delete,
    /// <summary>No act of SQLite: the test says what it was promised up to here.</summary>
    Promise,
}

/// <summary>One act; of a promise the number in <see cref="Offset"/>, of a deletion 1 when the folder was forced to the disk with it.</summary>
internal readonly record struct FileOperation(FileAct Act, string File, long Offset, byte[] Data);

/// <summary>What the disk does wrong.</summary>
internal enum DiskFault
{
    None,
    Full,
    WriteError,
    SyncError,
    ReadOnly,
}

/// <summary>
/// A layer below SQLite (sqlite.org/vfs.html): the functions of its own file system layer, with writes, truncations, syncs
/// and deletions noted in their order for one folder, and faults of a disk given to it. It is the process's default from
/// its first use on and passes on what belongs to other folders. Any thread.
/// </summary>
internal static unsafe partial class RecordingVfs
{
    // Result codes of sqlite3.h.
    private const int Ok = 0, ErrorReadOnly = 8, ErrorWrite = 10 | (3 << 8), ErrorSync = 10 | (4 << 8), ErrorFull = 13;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<nint, (string Name, nint Real)> s_files = [];
    private static readonly Dictionary<nint, nint> s_tables = []; // ours by SQLite's: logs have another one than databases
    private static readonly List<FileOperation> s_operations = [];
    private static Vfs* s_real;
    private static string? s_folder;
    private static DiskFault s_fault;

    /// <summary>Begins with a folder; what was noted before is forgotten.</summary>
    public static void Begin(string folder)
    {
        lock (s_gate)
        {
            Install();
            s_operations.Clear();
            (s_folder, s_fault) = (folder + Path.DirectorySeparatorChar, DiskFault.None);
        }
    }

    /// <summary>Ends it.</summary>
    /// <returns>What was noted.</returns>
    public static FileOperation[] End()
    {
        lock (s_gate)
        {
            s_folder = null;
            return [.. s_operations];
        }
    }

    /// <summary>Notes that something was promised.</summary>
    public static void Promise(long number)
    {
        lock (s_gate)
            s_operations.Add(new FileOperation(FileAct.Promise, "", number, []));
    }

    /// <summary>What the disk does wrong from now on.</summary>
    public static void Fail(DiskFault fault)
    {
        lock (s_gate)
            s_fault = fault;
    }

    private static void Install()
    {
        if (s_real != null)
            return;
        s_real = Find(null);
        var vfs = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *vfs = *s_real;
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8("recording");
        vfs->Open = &OnOpen;
        vfs->Delete = &OnDelete;
        if (Register(vfs, 1) != Ok)
            throw new InvalidOperationException("SQLite does not take the layer.");
    }

    private static string? NameOf(byte* path)
    {
        string? name = Marshal.PtrToStringUTF8((nint)path);
        return s_folder is { } folder && name is not null && name.StartsWith(folder, StringComparison.Ordinal) ? name[folder.Length..] : null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnOpen(Vfs* vfs, byte* path, SqliteFile* file, int flags, int* outFlags)
    {
        int result = s_real->Open(s_real, path, file, flags, outFlags);
        if (result != Ok)
            return result;
        lock (s_gate)
        {
            // Temporary files have no name; those of another folder are none of ours.
            if (NameOf(path) is { } name)
            {
                s_files[(nint)file] = (name, (nint)file->Methods);
                file->Methods = Ours(file->Methods);
            }
        }
        return Ok;
    }

    private static Methods* Ours(Methods* real)
    {
        if (s_tables.TryGetValue((nint)real, out nint known))
            return (Methods*)known;
        var ours = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
        *ours = *real;
        ours->Close = &OnClose;
        ours->Write = &OnWrite;
        ours->Truncate = &OnTruncate;
        ours->Sync = &OnSync;
        s_tables[(nint)real] = (nint)ours;
        return ours;
    }

    private static Methods* RealOf(SqliteFile* file)
    {
        lock (s_gate)
            return (Methods*)s_files[(nint)file].Real;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnDelete(Vfs* vfs, byte* path, int syncFolder)
    {
        lock (s_gate)
            if (NameOf(path) is { } name)
                s_operations.Add(new FileOperation(FileAct.Delete, name, syncFolder, []));
        return s_real->Delete(s_real, path, syncFolder);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnClose(SqliteFile* file)
    {
        Methods* real = RealOf(file);
        lock (s_gate)
            s_files.Remove((nint)file);
        return real->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(SqliteFile* file, void* bytes, int count, long offset)
    {
        lock (s_gate)
        {
            if (s_fault is DiskFault.Full or DiskFault.WriteError or DiskFault.ReadOnly)
                return s_fault == DiskFault.Full ? ErrorFull : s_fault == DiskFault.ReadOnly ? ErrorReadOnly : ErrorWrite;
            Note(file, FileAct.Write, offset, new ReadOnlySpan<byte>(bytes, count).ToArray());
        }
        return RealOf(file)->Write(file, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTruncate(SqliteFile* file, long length)
    {
        lock (s_gate)
            Note(file, FileAct.Truncate, length, []);
        return RealOf(file)->Truncate(file, length);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSync(SqliteFile* file, int flags)
    {
        lock (s_gate)
        {
            if (s_fault == DiskFault.SyncError)
                return ErrorSync;
            Note(file, FileAct.Sync, 0, []);
        }
        return RealOf(file)->Sync(file, flags);
    }

    private static void Note(SqliteFile* file, FileAct act, long offset, byte[] data)
    {
        if (s_folder is not null && s_files.TryGetValue((nint)file, out var known))
            s_operations.Add(new FileOperation(act, known.Name, offset, data));
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Vfs* Find(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Register(Vfs* vfs, int isDefault);

    /// <summary>sqlite3_vfs of sqlite3.h, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MaxPath;
        public Vfs* Next;
        public byte* Name;
        public void* Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, SqliteFile*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public fixed long Rest[14]; // 64-bit pointers that are passed on as they are
    }

    /// <summary>sqlite3_file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFile
    {
        public Methods* Methods;
    }

    /// <summary>sqlite3_io_methods, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int> Close;
        public void* Read;
        public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<SqliteFile*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
        public fixed long Rest[13];
    }
}
