using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.OpcUa;

/// <content>The nodes, their values, and what a write does.</content>
public sealed partial class OpcUaFace
{
    // Stands before the plant's namespace when indexes are swapped.
    private const string OtherUri = "urn:plcsim:other";
    private const string Root = "plant";

    private AddressSpace BuildSpace(FaceFaults.Birth birth)
    {
        var uri = _options.Certificate?.ApplicationUri is { Length: > 0 } named ? named : ApplicationUri;
        var space = new AddressSpace(uri);
        if (birth.SwapsNamespaces)
            space.AddNamespace(OtherUri);
        var plant = space.AddNamespace(NamespaceUri);
        var root = new NodeId(Root, plant);
        space.AddFolder(NodeIds.Objects, root, _plantName);
        var areas = new Dictionary<string, NodeId>(StringComparer.Ordinal);
        var missing = birth.UnknownNodes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var variable in _variables)
        {
            variable.Number = -1;
            if (missing.Contains(variable.Name))
                continue;
            if (!areas.TryGetValue(variable.Area, out var area))
            {
                area = new NodeId($"{Root}/{variable.Area}", plant);
                space.AddFolder(root, area, variable.Area);
                areas.Add(variable.Area, area);
            }

            var id = variable.Id.InNamespace(space.AddNamespace(variable.NamespaceUri));
            variable.Number = space.AddVariable(area, id, variable.Name, variable.Shape(variable.IsWritable ? (_, value) => Write(space, variable, value) : null));
        }

        return space;
    }

    /// <summary>Copies the plant's values into the nodes, all of one moment. Under the space's gate.</summary>
    private void Fill()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        lock (_station.Gate)
        {
            foreach (var variable in _variables)
            {
                if (variable.Number >= 0 && !variable.Plc.IsFrozen)
                    Show(_space!, variable, now);
            }
        }
    }

    private void Show(AddressSpace space, FaceVariable variable, DateTime now)
    {
        var status = variable.Plc.IsStopped ? StatusCodes.BadNoCommunication
            : _faults.NotReadable.Contains(variable.Name) ? StatusCodes.BadNotReadable
            : FaceVariable.StatusOf(_station.ConditionOf(variable.Signal));
        var value = status == StatusCodes.BadNotReadable ? Variant.Null : variable.Encode(_station.ValueOf(variable.Signal));
        space.Set(variable.Number, new DataValue(value, status, now));
    }

    /// <summary>
    /// Takes a value as the PLC would over Modbus: inside the signal's range or not at all; while the PLC's program stands
    /// still it stays in its memory and acts on nothing. Under the space's gate.
    /// </summary>
    private StatusCode Write(AddressSpace space, FaceVariable variable, DataValue written)
    {
        if (!written.Value.TryGetNumber(out var units) || !variable.SignalDescription.IsInRange(units))
            return StatusCodes.BadOutOfRange;
        lock (_station.Gate)
        {
            var now = _clock.GetUtcNow().UtcDateTime;
            if (variable.Plc.IsStopped)
                return StatusCodes.BadNoCommunication;
            if (variable.Plc.IsFrozen)
            {
                space.Set(variable.Number, new DataValue(written.Value, StatusCodes.Good, now));
                return StatusCodes.Good;
            }

            _station.Plant.Set(variable.Signal, units);
            // What the plant made of it is what the next read shows.
            Show(space, variable, now);
            return StatusCodes.Good;
        }
    }
}
