using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;

namespace Gateway.Runtime.Events;

/// <summary>
/// What an event says about its subject in words. A stored event carries it, because the configuration that its index
/// belongs to may be gone when it is read.
/// </summary>
/// <param name="Id">Name of the alarm, permit window, tag or output; null for none.</param>
/// <param name="Priority">Priority of the alarm, 1 to 4; 0 for other subjects.</param>
/// <param name="Text">Message of the alarm or unit of the permit limit; null for other subjects.</param>
public readonly record struct EventSubject(string? Id, int Priority, string? Text)
{
    /// <summary>The subject of <paramref name="item"/> in <paramref name="plant"/>. Builds a string for permit windows.</summary>
    public static EventSubject Of(in ScanEvent item, PlantModel plant)
    {
        switch (item.Kind)
        {
            case EventKind.Alarm:
                AlarmDefinition alarm = plant.Alarms[item.Subject];
                return new EventSubject(alarm.Id, alarm.Priority, alarm.Message);
            case EventKind.Compliance:
                PermitLimit permit = plant.Permits[item.Subject];
                return new EventSubject(NameOf(permit), 0, permit.Unit);
            case EventKind.Quality:
                return new EventSubject(plant.Tags[item.Subject].Name, 0, null);
            case EventKind.Output:
                return new EventSubject(plant.Outputs[item.Subject].Name, 0, null);
            default:
                return default;
        }
    }

    /// <summary>Name of a permit limit in events: permit, parameter and statistic.</summary>
    public static string NameOf(PermitLimit permit) => permit.PermitId + "/" + permit.Parameter + "/" + ComplianceNames.Of(permit.Statistic);
}
