using Gateway.Runtime;
using Gateway.Runtime.Events;

namespace Gateway.Storage;

/// <summary>Finds the subjects of stored events in the configuration of now. For a start: it holds a table of all names.</summary>
public sealed class SubjectIndex
{
    private readonly Dictionary<(EventKind Kind, string Id), int> _indexes = [];

    /// <summary>Takes the names of a plant.</summary>
    public SubjectIndex(PlantModel plant)
    {
        foreach (var alarm in plant.Alarms)
            _indexes[(EventKind.Alarm, alarm.Id)] = alarm.Index;
        foreach (var permit in plant.Permits)
            _indexes[(EventKind.Compliance, EventSubject.NameOf(permit))] = permit.Index;
        foreach (var tag in plant.Tags)
            _indexes[(EventKind.Quality, tag.Name)] = tag.Index;
        foreach (var output in plant.Outputs)
            _indexes[(EventKind.Output, output.Name)] = output.Index;
    }

    /// <summary>The event with the index that its subject has now.</summary>
    /// <returns>False when the configuration no longer has the subject.</returns>
    public bool TryFind(in JournalRow row, out ScanEvent item)
    {
        item = row.Item;
        if (row.Subject.Id is not { } id)
            return true;
        bool found = _indexes.TryGetValue((item.Kind, id), out int index);
        item.Subject = found ? index : -1;
        return found;
    }
}
