namespace Gateway.Simulation.Process;

/// <summary>
/// Blowers, the common header and the way the air divides among the valves. Pressure settles at once: the volume of
/// a header is small against the flow.
/// </summary>
public sealed class AirHeader
{
    private const double StaticKPa = 52;
    private const double MostKPa = 95;
    private const double ValveNm3PerHourPerRootKPa = 6700;
    private const double BlowerNm3PerHour = 45_000;

    private readonly Blower[] _blowers;
    private readonly double _valveSize;

    internal AirHeader(int blowers, double scale, int lanes)
    {
        _valveSize = ValveNm3PerHourPerRootKPa * scale;
        _blowers = new Blower[blowers];
        for (var index = 0; index < blowers; index++)
            _blowers[index] = new Blower(BlowerNm3PerHour * scale * lanes / blowers);
    }

    /// <summary>The blowers.</summary>
    public IReadOnlyList<Blower> Blowers => _blowers;

    /// <summary>Header pressure above the atmosphere, in kPa.</summary>
    public double Pressure { get; private set; } = StaticKPa;

    /// <summary>Total air flow in Nm3/h.</summary>
    public double Air { get; private set; }

    /// <summary>Header pressure set-point in kPa, for the local pressure control.</summary>
    public double PressureSetpoint { get; set; } = 60;

    /// <summary>Power of all blowers in kW.</summary>
    public double Power { get; private set; }

    internal void Step(double seconds, LaneProcess[] lanes)
    {
        double offered = 0;
        foreach (var blower in _blowers)
        {
            blower.Step(seconds);
            offered += blower.Air;
        }

        double opening = 0;
        foreach (var lane in lanes)
        {
            foreach (var valve in lane.ValveArray)
            {
                valve.Step(seconds);
                opening += _valveSize * valve.Position / 100;
            }
        }

        // Flow through valves grows with the root of the pressure difference; what does not fit blows off.
        var most = opening * Math.Sqrt(MostKPa - StaticKPa);
        Air = Math.Min(offered, most);
        var drop = opening > 0 ? Air / opening : 0;
        Pressure = offered < 1 ? 0 : StaticKPa + (offered > most ? MostKPa - StaticKPa : drop * drop);
        foreach (var lane in lanes)
        {
            foreach (var valve in lane.ValveArray)
                valve.Air = opening > 0 ? Air * (_valveSize * valve.Position / 100) / opening : 0;
        }

        StepPower(offered > most);
    }

    // Adiabatic compression of air: P = w R T / (29.7 * 0.283 * eta) ((p2/p1)^0.283 - 1).
    private void StepPower(bool surging)
    {
        const double KPaOfAtmosphere = 101.3;
        var perKgPerSecond = 8.314 * 293 / (29.7 * 0.283 * 0.7)
            * (Math.Pow((KPaOfAtmosphere + Pressure) / KPaOfAtmosphere, 0.283) - 1);
        Power = 0;
        foreach (var blower in _blowers)
        {
            blower.Power = perKgPerSecond * blower.Air * 1.293 / 3600;
            blower.IsSurging = surging && blower.IsRunning;
            Power += blower.Power;
        }
    }
}
