namespace Gateway.PlcSimulator.Tests;

/// <summary>A test with a foreign program; skipped with the reason where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(string program, string? pythonPackage = null)
    {
        Program = program;
        PythonPackage = pythonPackage;
        Skip = Peer.Missing(program, pythonPackage);
    }

    public string Program { get; }

    public string? PythonPackage { get; }
}

/// <summary>As <see cref="PeerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(string program)
    {
        Program = program;
        Skip = Peer.Missing(program, null);
    }

    public string Program { get; }
}

/// <summary>Looks for foreign programs.</summary>
internal static class Peer
{
    private const string PythonPackages = "/usr/lib/python3/dist-packages";

    /// <summary>Why a test cannot run; null when it can.</summary>
    public static string? Missing(string program, string? pythonPackage)
    {
        if (!File.Exists(program))
            return $"{program} is missing; install it from Debian's packages";
        if (pythonPackage is not null && !Directory.Exists(Path.Combine(PythonPackages, pythonPackage)))
            return $"the Python package {pythonPackage} is missing; install python3-{pythonPackage}";
        return null;
    }
}
