using System.Globalization;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>The nodes of namespace 0 from the committed table.</content>
public sealed partial class AddressSpace
{
    private const int Columns = 14;

    private void LoadStandard()
    {
        var rows = new List<string[]>();
        foreach (var line in System.Text.Encoding.UTF8.GetString(StandardNodes.Table).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var row = line.Split(',');
            Invariant(row.Length == Columns);
            rows.Add(row);
            var node = new ServerNode(new NodeId(Number(row[0])), Enum.Parse<NodeClass>(row[1]), new QualifiedName(row[2]))
            {
                DataType = new NodeId(Number(row[6])),
                ValueRank = row[7].Length == 0 ? -1 : int.Parse(row[7], CultureInfo.InvariantCulture),
                Access = (AccessLevelType)Number(row[9]),
                IsAbstract = row[10] == "1",
                IsSymmetric = row[11] == "1",
                InverseName = row[12].Length == 0 ? null : row[12],
                EventNotifier = (byte)Number(row[13]),
                Value = new DataValue(Variant.Null, row[1] == nameof(NodeClass.Variable) ? StatusCodes.BadWaitingForInitialData : default),
            };
            _byId.Add(node.Id, node);
        }

        foreach (var row in rows)
            LinkStandard(row);
    }

    private void LinkStandard(string[] row)
    {
        var node = _byId[new NodeId(Number(row[0]))];
        if (Find(new NodeId(Number(row[3]))) is { } parent && Number(row[4]) is var reference and not 0)
        {
            Link(parent, new NodeId(reference), node);
            if (reference == NodeIds.HasSubtype.Number)
                node.SuperType = parent;
        }

        if (Number(row[5]) is var type and not 0 && Find(new NodeId(type)) is { } definition)
        {
            node.TypeDefinition = definition;
            Link(node, NodeIds.HasTypeDefinition, definition);
        }

        if (Number(row[8]) is var rule and not 0)
            Link(node, NodeIds.HasModellingRule, _byId[new NodeId(rule)]);
    }

    private static uint Number(string text) => text.Length == 0 ? 0 : uint.Parse(text, CultureInfo.InvariantCulture);

    private static void Invariant(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("The table of standard nodes is damaged.");
    }
}
