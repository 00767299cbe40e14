using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Users;
using StatusCodes = Gateway.OpcUa.Types.StatusCodes;

namespace Gateway.Northbound;

/// <content>The nodes of tags and permit windows, and writing of outputs.</content>
internal sealed partial class OpcUaFace
{
    // A tag's id is its name, which has no slash; so nothing else can take it.
    private const string TagsFolder = "/Tags";
    private const string ComplianceFolder = "/Compliance";

    private readonly ushort _index;
    private readonly int[] _tagNodes;
    private readonly uint[] _versions;
    private readonly PermitNodes[] _permitNodes;

    /// <summary>Numbers of a permit limit's variables.</summary>
    private readonly record struct PermitNodes(int Value, int Limit, int Coverage, int State, int Reason);

    private int[] BuildTags(AddressSpace space)
    {
        var plant = _context.Site.Plant;
        var nodes = new int[plant.Tags.Length];
        var root = new NodeId(TagsFolder, _index);
        space.AddFolder(NodeIds.Objects, root, "Tags");
        var areas = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Length; i++)
        {
            TagDefinition tag = plant.Tags[i];
            NodeId parent = root;
            if (tag.Area.Length > 0)
            {
                parent = new NodeId($"{TagsFolder}/{tag.Area}", _index);
                if (areas.Add(tag.Area))
                    space.AddFolder(root, parent, tag.Area);
            }
            OutputDefinition? output = WritableOf(i);
            nodes[i] = space.AddVariable(parent, new NodeId(tag.Name, _index), tag.Name, new VariableShape
            {
                Description = tag.Description,
                Unit = EngineeringUnits.Find(tag.Unit),
                Range = double.IsNaN(tag.RangeLow) || double.IsNaN(tag.RangeHigh) ? null : (tag.RangeLow, tag.RangeHigh),
                MayWrite = output is null ? null : user => PrincipalOf(user) is { } who && who.Refusal(CommandVerb.Write, tag.Area, "") is null,
                Write = output is null ? null : (user, value) => Write(output, user, value),
            });
        }
        return nodes;
    }

    private PermitNodes[] BuildPermits(AddressSpace space)
    {
        var permits = _context.Site.Plant.Permits;
        var nodes = new PermitNodes[permits.Length];
        var root = new NodeId(ComplianceFolder, _index);
        space.AddFolder(NodeIds.Objects, root, "Compliance");
        for (int i = 0; i < nodes.Length; i++)
        {
            PermitLimit permit = permits[i];
            string name = EventSubject.NameOf(permit);
            var folder = new NodeId($"{ComplianceFolder}/{name}", _index);
            space.AddFolder(root, folder, name);
            EUInformation? unit = EngineeringUnits.Find(permit.Unit);
            int Add(string part, VariableShape shape) => space.AddVariable(folder, new NodeId($"{ComplianceFolder}/{name}/{part}", _index), part, shape);
            nodes[i] = new PermitNodes(
                Add("Value", new VariableShape { Unit = unit, Description = "Running value of the statistic." }),
                Add("Limit", new VariableShape { Unit = unit, Description = "Limit that holds now." }),
                Add("Coverage", new VariableShape { Range = (0, 1), Description = "Valid part of the values due so far." }),
                Add("State", new VariableShape { Type = BuiltInType.Int32, Description = "0 complies, 1 warning, 2 exceeds, 3 undetermined." }),
                Add("Reason", new VariableShape { Type = BuiltInType.String, Description = "Why the state is what it is." }));
        }
        return nodes;
    }

    /// <summary>The output that writes a tag, when it is declared writable over OPC UA.</summary>
    private OutputDefinition? WritableOf(int tag)
    {
        foreach (OutputDefinition output in _context.Site.Plant.Outputs)
            if (output.Tag == tag && output.OpcUaWrite)
                return output;
        return null;
    }

    /// <summary>Writes as for any operator: right, armed output and limits are checked, and each attempt is written down.</summary>
    private StatusCode Write(OutputDefinition output, ServerUser user, DataValue value)
    {
        if (PrincipalOf(user) is not { } who || _context.Commands.Refuse(who, CommandVerb.Write, output.Index) is not null)
            return StatusCodes.BadUserAccessDenied;
        if (!value.Value.TryGetNumber(out double number) || !double.IsFinite(number))
            return StatusCodes.BadOutOfRange;
        if (_context.Commands.WhyClosed() is not null)
            return StatusCodes.BadInvalidState;
        var act = new OperatorCommand { Verb = CommandVerb.Write, Target = output.Index, Argument = number, User = who.Name, Reason = "OPC UA" };
        if (!_context.Commands.TryAdd(act, out _))
            return StatusCodes.BadTooManyOperations;
        // What the scan will refuse is known here already; the others see the value when the device has it.
        if (!output.Armed)
            return StatusCodes.BadNotWritable;
        return number < output.Low || number > output.High ? StatusCodes.BadOutOfRange : StatusCodes.GoodCompletesAsynchronously;
    }

    private void CopyTags(Snapshot snapshot)
    {
        for (int i = 0; i < _tagNodes.Length; i++)
        {
            ref readonly TagValue tag = ref snapshot.Tags[i];
            if (tag.Version == _versions[i])
                continue;
            _versions[i] = tag.Version;
            Server.Space.Set(_tagNodes[i], new DataValue(new Variant(tag.Value), new StatusCode(tag.Quality.Code), TimeOf(tag.SourceTime)));
        }
    }

    private void CopyPermits(Snapshot snapshot)
    {
        DateTime time = TimeOf(snapshot.Time.Utc);
        AddressSpace space = Server.Space;
        for (int i = 0; i < _permitNodes.Length; i++)
        {
            ref readonly ComplianceWindow window = ref snapshot.Windows[i];
            StatusCode status = window.State == ComplianceState.Undetermined ? StatusCodes.UncertainDataSubNormal : StatusCodes.Good;
            space.Set(_permitNodes[i].Value, new DataValue(new Variant(window.Value), double.IsNaN(window.Value) ? StatusCodes.BadWaitingForInitialData : status, time));
            space.Set(_permitNodes[i].Limit, new DataValue(new Variant(window.Limit), double.IsNaN(window.Limit) ? StatusCodes.BadNotSupported : StatusCodes.Good, time));
            space.Set(_permitNodes[i].Coverage, new DataValue(new Variant(window.Coverage), StatusCodes.Good, time));
            space.Set(_permitNodes[i].State, new DataValue(new Variant((int)window.State), StatusCodes.Good, time));
            space.Set(_permitNodes[i].Reason, new DataValue(new Variant(ComplianceNames.Of(window.Reason)), StatusCodes.Good, time));
        }
    }
}
