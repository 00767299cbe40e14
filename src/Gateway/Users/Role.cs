namespace Gateway.Users;

/// <summary>What an account may do; each of the first four may all that the ones before it may.</summary>
public enum Role : byte
{
    /// <summary>Reads.</summary>
    Viewer,
    /// <summary>Acknowledges, shelves, resets and writes outputs.</summary>
    Operator,
    /// <summary>Suppresses, and shelves alarms of the classes safety and environmental-permit.</summary>
    Supervisor,
    /// <summary>Takes alarms out of service and returns them.</summary>
    Engineer,
    /// <summary>Reads, to check others; commands nothing.</summary>
    Auditor,
}

/// <summary>What an API token may be used for.</summary>
[Flags]
public enum Scopes : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Reading.</summary>
    Read = 1,
    /// <summary>Acts on alarms.</summary>
    Alarms = 2,
    /// <summary>Writes to outputs.</summary>
    Outputs = 4,
    /// <summary>All of them; what a session has.</summary>
    All = Read | Alarms | Outputs,
}
