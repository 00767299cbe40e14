using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.OpcUa;

/// <summary>One node of the OPC UA face and the plant's signal behind it. Immutable but for <see cref="Number"/>.</summary>
internal sealed class FaceVariable
{
    private const double HighestWord = 65_535;

    public FaceVariable(SimulatedPlc plc, TagDefinition tag, string namespaceUri, NodeId id, int signal, PlantSignal description, int bit)
    {
        Plc = plc;
        Name = tag.Name;
        Area = tag.Area.Length > 0 ? tag.Area : description.Area;
        Description = tag.Description;
        NamespaceUri = namespaceUri;
        Id = id;
        Signal = signal;
        SignalDescription = description;
        Bit = bit;
        Type = bit >= 0 ? BuiltInType.Boolean : TypeOf(description);
    }

    /// <summary>The PLC that has the value.</summary>
    public SimulatedPlc Plc { get; }

    public string Name { get; }

    public string Area { get; }

    public string Description { get; }

    public string NamespaceUri { get; }

    /// <summary>The node's id; its namespace index is that of the server's life.</summary>
    public NodeId Id { get; }

    /// <summary>Index of the signal in the plant.</summary>
    public int Signal { get; }

    public PlantSignal SignalDescription { get; }

    /// <summary>Bit of the signal that the node shows; -1 for the whole.</summary>
    public int Bit { get; }

    public BuiltInType Type { get; }

    public bool IsWritable => SignalDescription.IsWritable && Bit < 0;

    /// <summary>The node's number in the address space; -1 while it is not there.</summary>
    public int Number { get; set; } = -1;

    /// <summary>The value as the PLC's type holds it.</summary>
    public Variant Encode(double units) => Type switch
    {
        BuiltInType.Boolean => new Variant(double.IsNaN(units) ? false : (((long)units >> Bit) & 1) != 0),
        BuiltInType.UInt16 => new Variant((ushort)Saturate(units, ushort.MaxValue)),
        BuiltInType.UInt32 => new Variant((uint)Saturate(units, uint.MaxValue)),
        _ => new Variant((float)units),
    };

    /// <summary>Range, unit and type for the address space.</summary>
    public VariableShape Shape(Func<ServerUser, DataValue, StatusCode>? write) => new()
    {
        Type = Type,
        Range = SignalDescription.Kind is SignalKind.Measured or SignalKind.Setpoint ? (SignalDescription.Low, SignalDescription.High) : null,
        Unit = Bit < 0 ? EngineeringUnits.Find(SignalDescription.Unit) : null,
        States = Bit < 0 ? null : ("off", "on"),
        Description = Description,
        Write = write,
    };

    /// <summary>What the PLC knows of its instrument, as a status (Part 8 §6.3.2).</summary>
    public static StatusCode StatusOf(SignalCondition condition) => condition switch
    {
        SignalCondition.Failed => StatusCodes.BadSensorFailure,
        SignalCondition.Unreachable => StatusCodes.UncertainNoCommunicationLastUsableValue,
        SignalCondition.Calibrating => StatusCodes.UncertainSensorCalibration,
        SignalCondition.Held => StatusCodes.UncertainLastUsableValue,
        SignalCondition.OverRange => StatusCodes.UncertainEngineeringUnitsExceeded,
        _ => StatusCodes.Good,
    };

    // As in a PLC: REAL for analog values, words for commands and status words, double words for counters.
    private static BuiltInType TypeOf(PlantSignal signal) => signal.Kind is SignalKind.Measured or SignalKind.Setpoint
        ? BuiltInType.Float
        : signal.High > HighestWord ? BuiltInType.UInt32 : BuiltInType.UInt16;

    private static double Saturate(double units, double highest) => double.IsNaN(units) ? highest : Math.Clamp(Math.Round(units), 0, highest);
}
