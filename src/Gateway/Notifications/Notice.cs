using Gateway.Runtime.Alarms;

namespace Gateway.Notifications;

/// <summary>What a receiver is told of one alarm.</summary>
/// <param name="Alarm">Its row of the master alarm database.</param>
/// <param name="State">State shown.</param>
/// <param name="Occurrence">Occurrence that is meant.</param>
/// <param name="RaisedUtc">When it came, UTC ticks.</param>
/// <param name="IsRepeated">The receiver was told of this occurrence before.</param>
/// <param name="IsOver">The alarm stands no more; for an Alertmanager only.</param>
internal readonly record struct Notice(AlarmDefinition Alarm, AlarmState State, int Occurrence, long RaisedUtc, bool IsRepeated, bool IsOver);
