using Gateway.Runtime.Events;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>Second stage of a scan: runs the calculated tags in dependency order. Scan thread only.</summary>
internal sealed class CalculationStage
{
    private readonly TagDefinition[] _ordered;
    private readonly RateGroup[] _groups;
    private readonly TagTable _tags;
    private readonly EventRing _events;

    public CalculationStage(TagDefinition[] definitions, RateGroup[] groups, TagTable tags, EventRing events)
    {
        Invariant.Check(CalculationOrder.TrySort(definitions, out _ordered, out _));
        _groups = groups;
        _tags = tags;
        _events = events;
    }

    public void Execute(in ScanTime now)
    {
        foreach (TagDefinition definition in _ordered)
        {
            if (!_groups[definition.RateGroup].IsDue(now.Number))
                continue;
            int tag = definition.Index;
            ExpressionProgram program = definition.Expression!;
            double value = program.Run(_tags, out Quality quality, out long sourceTime);
            Quality before = _tags[tag].Quality;
            bool changed = quality.IsBad
                ? _tags.SetQuality(tag, quality)
                : _tags.Set(tag, value, quality, sourceTime == long.MaxValue ? now.Utc : sourceTime);
            if (changed && before != quality)
                QualityEvents.Report(_events, tag, before, _tags[tag], now);
        }
    }
}

/// <summary>Sorts calculated tags so that each comes after the tags it reads.</summary>
public static class CalculationOrder
{
    /// <summary>Sorts by dependency, equal ranks by index.</summary>
    /// <param name="definitions">All tags by index.</param>
    /// <param name="ordered">The calculated tags in execution order.</param>
    /// <param name="cycle">When sorting is not possible: the names along one cycle, first name repeated at the end.</param>
    /// <returns>False when calculated tags depend on each other in a circle.</returns>
    public static bool TrySort(TagDefinition[] definitions, out TagDefinition[] ordered, out string[] cycle)
    {
        var sorted = new List<TagDefinition>();
        var state = new byte[definitions.Length]; // 0 new, 1 open, 2 done
        var path = new Stack<(TagDefinition Tag, int Next)>();
        foreach (TagDefinition root in definitions)
        {
            if (root.Expression is null || state[root.Index] != 0)
                continue;
            path.Push((root, 0));
            state[root.Index] = 1;
            while (path.TryPop(out var top))
            {
                int[] inputs = top.Tag.Expression!.Inputs;
                if (top.Next == inputs.Length)
                {
                    state[top.Tag.Index] = 2;
                    sorted.Add(top.Tag);
                    continue;
                }
                path.Push((top.Tag, top.Next + 1));
                TagDefinition input = definitions[inputs[top.Next]];
                if (input.Expression is null || state[input.Index] == 2)
                    continue;
                if (state[input.Index] == 1)
                {
                    ordered = [];
                    cycle = PathTo(input, path);
                    return false;
                }
                state[input.Index] = 1;
                path.Push((input, 0));
            }
        }
        ordered = [.. sorted];
        cycle = [];
        return true;
    }

    private static string[] PathTo(TagDefinition start, Stack<(TagDefinition Tag, int Next)> path)
    {
        var names = new List<string> { start.Name };
        foreach (var (tag, _) in path)
        {
            names.Add(tag.Name);
            if (tag.Index == start.Index)
                break;
        }
        names.Reverse();
        return [.. names];
    }
}
