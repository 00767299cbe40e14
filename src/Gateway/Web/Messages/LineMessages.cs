namespace Gateway.Web.Messages;

/// <summary>All lines.</summary>
internal sealed record LineListMessage
{
    public required string? Time { get; init; }
    public required IReadOnlyList<LineMessage> Lines { get; init; }
}

/// <summary>One line with its devices.</summary>
internal sealed record LineMessage
{
    public required string Name { get; init; }
    public required string Transport { get; init; }
    public required string Endpoint { get; init; }
    public required string Stack { get; init; }
    /// <summary>Stopped, Connecting, Waiting, Polling or Idle.</summary>
    public required string State { get; init; }
    public required bool Up { get; init; }
    public required long Connects { get; init; }
    public required long FailedConnects { get; init; }
    public required long Restarts { get; init; }
    /// <summary>While waiting: when the next attempt is made.</summary>
    public required string? NextAttempt { get; init; }
    /// <summary>Why the last attempt or connection failed; empty when none did.</summary>
    public required string LastTrouble { get; init; }
    public required long Answers { get; init; }
    /// <summary>Mean time from request to answer; null before the first.</summary>
    public required double? MeanSeconds { get; init; }
    /// <summary>Figures of an OPC UA line; null on other lines.</summary>
    public OpcUaLineMessage? OpcUa { get; init; }
    public required IReadOnlyList<DeviceMessage> Devices { get; init; }
}

/// <summary>What an OPC UA line counts besides, since start.</summary>
internal sealed record OpcUaLineMessage
{
    public required long Sessions { get; init; }
    /// <summary>Sessions that went on on another connection.</summary>
    public required long Reactivations { get; init; }
    /// <summary>Subscriptions taken over from a former session.</summary>
    public required long Transfers { get; init; }
    public required long Values { get; init; }
    /// <summary>Messages that were sent and could not be had any more.</summary>
    public required long LostMessages { get; init; }
    /// <summary>Values before which the server dropped others.</summary>
    public required long Overflows { get; init; }
    public required long Recreations { get; init; }
    /// <summary>Times a subscription fell silent although the connection was good.</summary>
    public required long Silences { get; init; }
    public required long RecreatedItems { get; init; }
    /// <summary>Values whose source time could not be believed.</summary>
    public required long TimesReplaced { get; init; }
    /// <summary>How far the server's clock is ahead, in seconds.</summary>
    public required double ClockDifference { get; init; }
}

/// <summary>Health and counters of one device.</summary>
internal sealed record DeviceMessage
{
    public required string Name { get; init; }
    /// <summary>Modbus unit id; null on other lines.</summary>
    public required int? Unit { get; init; }
    public required int Points { get; init; }
    public required bool Up { get; init; }
    /// <summary>The device does not answer and is only probed.</summary>
    public required bool Probing { get; init; }
    public required int ProbeIntervalMs { get; init; }
    /// <summary>Points whose address the device refuses.</summary>
    public required int RefusedPoints { get; init; }
    /// <summary>Last exception code answered; null for none.</summary>
    public required int? LastException { get; init; }
    public required string? LastGood { get; init; }
    public required double? LastGoodAge { get; init; }
    public required long Overruns { get; init; }
    public required RequestCountsMessage Requests { get; init; }
}

/// <summary>Finished requests by result, since start.</summary>
internal sealed record RequestCountsMessage
{
    public required long Ok { get; init; }
    public required long Exception { get; init; }
    public required long Timeout { get; init; }
    public required long Disconnected { get; init; }
    public required long BadFrame { get; init; }
    public required long Stale { get; init; }
}
