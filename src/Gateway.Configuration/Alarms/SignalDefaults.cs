namespace Gateway.Configuration.Alarms;

/// <summary>
/// Starting values for deadband and delays by kind of signal, from EEMUA 191 and ISA-18.2 as far as they name one, else
/// from practice in treatment works: docs/formats/alarms.md. They hold where a row leaves the cell empty.
/// </summary>
/// <param name="DeadbandPercent">Percent of the tag's range; 0 for none.</param>
/// <param name="OnDelayS">Seconds.</param>
/// <param name="OffDelayS">Seconds.</param>
internal sealed record SignalDefaults(double DeadbandPercent, int OnDelayS, int OffDelayS)
{
    private static readonly SignalDefaults[] s_all =
    [
        new(5, 15, 15),   // flow
        new(2, 60, 60),   // level
        new(2, 15, 15),   // pressure
        new(1, 60, 60),   // temperature
        new(1, 900, 60),  // analyzer: one cycle of wet chemistry
        new(1, 60, 60),   // probe
        new(0, 2, 0),     // contact: a motor's fault or any other bit
        new(0, 10, 30),   // communication
    ];

    /// <summary>The values of a kind, by its place in <see cref="AlarmShape.Signals"/>.</summary>
    public static SignalDefaults Of(int signal) => s_all[signal];
}
