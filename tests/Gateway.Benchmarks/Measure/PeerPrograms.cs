using System.Diagnostics;

namespace Gateway.Benchmarks.Measure;

/// <summary>The C peers: compiled when the benchmark starts, so that both sides always run on the same machine and day.</summary>
internal sealed class PeerPrograms : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-benchmarks-").FullName;
    private readonly string _sources = Path.Combine(AppContext.BaseDirectory, "Peers");
    private readonly Dictionary<string, string?> _built = [];

    /// <summary>A folder for files of this run; removed at the end.</summary>
    public string Folder => _folder;

    /// <summary>The path of a compiled peer.</summary>
    /// <exception cref="BenchmarkException">It cannot be compiled.</exception>
    public string Require(string name) =>
        Find(name) ?? throw new BenchmarkException($"Peers/{name}.c could not be compiled: gcc{(name.StartsWith("libmodbus", StringComparison.Ordinal) ? " and libmodbus-dev are" : " is")} needed");

    /// <summary>The path of a compiled peer, or null where the compiler or a library is missing.</summary>
    public string? Find(string name)
    {
        if (_built.TryGetValue(name, out string? path))
            return path;
        path = Path.Combine(_folder, name);
        List<string> arguments = ["-O2", "-Wall", "-o", path, Path.Combine(_sources, name + ".c")];
        if (name.StartsWith("libmodbus", StringComparison.Ordinal))
            arguments.Add("-lmodbus");
        if (!Succeeds("gcc", arguments))
            path = null;
        return _built[name] = path;
    }

    /// <summary>The interpreter that has pymodbus, with the script's path; null where there is none.</summary>
    public (string Program, string Script)? FindPymodbus()
    {
        foreach (string python in (string[])["/usr/bin/python3", "python3"])
            if (Succeeds(python, ["-c", "from pymodbus.client import ModbusTcpClient"]))
                return (python, Path.Combine(_sources, "pymodbus_client.py"));
        return null;
    }

    /// <summary>Node.js with the script's path where modbus-serial can be resolved (NODE_PATH is honored); null otherwise.</summary>
    public (string Program, string Script)? FindModbusSerial() =>
        Succeeds("node", ["-e", "require('modbus-serial')"]) ? ("node", Path.Combine(_sources, "modbus_serial_client.js")) : null;

    /// <summary>Node.js with the path of a script of this folder where node-opcua can be resolved (NODE_PATH is honored); null otherwise.</summary>
    public (string Program, string Script)? FindNodeOpcUa(string script) =>
        Succeeds("node", ["-e", "require('node-opcua')"]) ? ("node", Path.Combine(_sources, script)) : null;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool Succeeds(string program, IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }
}
