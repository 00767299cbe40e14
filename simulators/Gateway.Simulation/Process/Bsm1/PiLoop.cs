namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// A continuous PI controller with tracking anti-windup, as the benchmark's two default controllers are. Its integral
/// and its tracking correction are states of the plant's equations, not of this object.
/// </summary>
/// <param name="Setpoint">Set-point, g/m3.</param>
/// <param name="Gain">K, manipulated unit per g/m3.</param>
/// <param name="IntegralTime">T_i in d.</param>
/// <param name="TrackingTime">T_t in d.</param>
/// <param name="Offset">u0, in the manipulated unit.</param>
/// <param name="Highest">Upper limit of the output; the lower one is 0.</param>
public sealed record PiLoop(double Setpoint, double Gain, double IntegralTime, double TrackingTime, double Offset, double Highest)
{
    /// <summary>Oxygen in tank 5 by KLa of tank 5 (1/d).</summary>
    public static PiLoop Oxygen { get; } = new(2, 25, 0.002, 0.001, 144, Bsm1Dimensions.MostAeration);

    /// <summary>Nitrate in tank 2 by the internal recycle (m3/d) of a plant of a size.</summary>
    public static PiLoop Nitrate(Bsm1Dimensions size) => new(1, 10_000 * size.Scale, 0.025, 0.015, 18_500 * size.Scale, size.MostInternalRecycle);

    /// <summary>The limited output for a measurement, and how fast the two states move.</summary>
    /// <param name="measured">The measurement.</param>
    /// <param name="integral">I, state.</param>
    /// <param name="tracking">W, state.</param>
    /// <param name="integralRate">dI/dt per day.</param>
    /// <param name="trackingRate">dW/dt per day.</param>
    internal double Output(double measured, double integral, double tracking, out double integralRate, out double trackingRate)
    {
        var error = Setpoint - measured;
        var wanted = Offset + (Gain * error) + integral + tracking;
        var limited = Math.Min(Math.Max(wanted, 0), Highest);
        integralRate = Gain * error / IntegralTime;
        trackingRate = (limited - wanted) / TrackingTime;
        return limited;
    }
}
