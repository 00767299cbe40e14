using System.Text.Json.Serialization;

namespace Gateway.PlcSimulator.Control;

/// <summary>A signal as the PLCs show it; the value is null when it is not a number.</summary>
internal sealed record SignalMessage(string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Value, string Unit, string Kind, double Low, double High, bool Writable);

/// <summary>Answer of GET /signals.</summary>
internal sealed record SignalsMessage(DateTimeOffset Time, SignalMessage[] Signals);

/// <summary>Body of POST /signals/{name}.</summary>
internal sealed record SignalWrite(double? Value);

/// <summary>The plant as a whole.</summary>
internal sealed record PlantMessage(DateTimeOffset Time, string Weather, double Speed, bool RemoteEnabled, bool RemoteActive);

/// <summary>Body of POST /plant; what is absent stays.</summary>
internal sealed record PlantWrite(string? Weather = null, bool? RemoteEnabled = null);

/// <summary>A fault rule, as it is sent and shown; see docs/plcsim.md.</summary>
internal sealed record FaultMessage
{
    public long? Id { get; init; }

    public string? Device { get; init; }

    public int? Unit { get; init; }

    public string? Space { get; init; }

    public int? Function { get; init; }

    public int? From { get; init; }

    public int? To { get; init; }

    public string? Kind { get; init; }

    public int? Argument { get; init; }

    public double? Probability { get; init; }

    public long? Skip { get; init; }

    public long? Count { get; init; }

    public double? Seconds { get; init; }

    public long? Strikes { get; init; }

    public bool? Active { get; init; }
}

/// <summary>Answer of GET /faults.</summary>
internal sealed record FaultsMessage(FaultMessage[] Faults);

/// <summary>A PLC.</summary>
internal sealed record PlcMessage(string Device, int Unit, string Line, string Endpoint, string State);

/// <summary>Answer of GET /plcs.</summary>
internal sealed record PlcsMessage(PlcMessage[] Plcs);

/// <summary>Faults of an instrument; in a body, what is absent stays.</summary>
internal sealed record InstrumentMessage
{
    /// <summary>Growing error in the signal's unit per hour.</summary>
    public double? Drift { get; init; }

    /// <summary>Constant error in the signal's unit.</summary>
    public double? Bias { get; init; }

    /// <summary>The value is frozen and nothing says so.</summary>
    public bool? Stuck { get; init; }

    /// <summary>The value is frozen and the status word shows the fault.</summary>
    public bool? Failed { get; init; }

    /// <summary>The PLC's input is that of a broken wire.</summary>
    public bool? Nan { get; init; }
}

/// <summary>An error: a problem document of RFC 9457.</summary>
internal sealed record ControlProblem(string Type, string Title, int Status, string Detail);

/// <summary>Source-generated JSON of the control API. An unknown member is an error, so that a misspelled one is found.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignalsMessage))]
[JsonSerializable(typeof(SignalWrite))]
[JsonSerializable(typeof(PlantMessage))]
[JsonSerializable(typeof(PlantWrite))]
[JsonSerializable(typeof(FaultsMessage))]
[JsonSerializable(typeof(DisturbancesMessage))]
[JsonSerializable(typeof(ScenarioFile))]
[JsonSerializable(typeof(PlcsMessage))]
[JsonSerializable(typeof(InstrumentMessage))]
[JsonSerializable(typeof(ControlProblem))]
internal sealed partial class ControlJson : JsonSerializerContext;
