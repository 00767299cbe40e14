using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Benchmarks.Bsm1;

/// <summary>
/// The same closed loop written straight from the equations, one scalar after the other, with the same method and step:
/// what the model of the simulators is measured beside, and checked against.
/// </summary>
internal sealed class ScalarBsm1(InfluentSeries influent, NoiseTable noise)
{
    private const int Z = 13, Settler = 65, Filter = 145, FilterFlow = 158, Lag1 = 159, Lag2 = 160, Recycle = 161, Loops = 162, Oxygen = 166, Nitrate = 168, Count = 176;
    private const double Qr = 18_446, Qw = 385, Area = 1500, Height = 0.4;
    private static readonly double[] Volumes = [1000, 1000, 1333, 1333, 1333];
    private static readonly int[] Soluble = [0, 1, 7, 8, 9, 10, 12];
    private static readonly int[] Particulate = [2, 3, 4, 5, 6, 11];

    private readonly double[] _k1 = new double[Count], _k2 = new double[Count], _k3 = new double[Count], _k4 = new double[Count], _middle = new double[Count];
    private readonly double[] _row = new double[InfluentSeries.RowLength];
    private readonly double[] _under = new double[Z], _rate = new double[Z], _flux = new double[10], _face = new double[11], _mass = new double[Z];
    private readonly double[] _kla = [0, 0, 240, 240, 0];

    public double[] State { get; } = new double[Count];

    /// <summary>Takes the state of a plant at rest.</summary>
    public void Start(Bsm1Plant plant)
    {
        for (int tank = 1; tank <= 5; tank++)
            plant.Tank(tank).CopyTo(State.AsSpan((tank - 1) * Z));
        for (int layer = 0; layer < 10; layer++)
            plant.Layer(layer).CopyTo(State.AsSpan(Settler + layer * 8));
        (State[Lag1], State[Lag2], State[Recycle]) = (plant.Aeration(5), plant.Aeration(5), plant.InternalRecycle);
        // At rest the integral holds all; how it is shared with the tracking state does not matter.
        (State[Loops], State[Loops + 1]) = (plant.Aeration(5) - 144, 0);
        (State[Loops + 2], State[Loops + 3]) = (plant.InternalRecycle - 18_500, 0);
        State.AsSpan(Oxygen, 2).Fill(plant.Tank(5)[Asm1.SO]);
        State.AsSpan(Nitrate, 8).Fill(plant.Tank(2)[Asm1.SNO]);
        Underflow(State);
        for (int i = 0; i < Z; i++)
            State[Filter + i] = plant.InfluentRow[i] * plant.Inflow + _under[i] * Qr + State[4 * Z + i] * State[Recycle];
        State[FilterFlow] = plant.Inflow + Qr + State[Recycle];
    }

    public void Run(int minutes, int stepsPerMinute)
    {
        double h = 1.0 / 1440 / stepsPerMinute;
        for (int minute = 0; minute < minutes; minute++)
            for (int part = 0; part < stepsPerMinute; part++)
                Step(minute, (double)part / stepsPerMinute, 1.0 / stepsPerMinute, h);
    }

    private void Step(int minute, double at, double width, double h)
    {
        Derivatives(minute, at, State, _k1);
        for (int i = 0; i < Count; i++)
            _middle[i] = State[i] + h / 2 * _k1[i];
        Derivatives(minute, at + width / 2, _middle, _k2);
        for (int i = 0; i < Count; i++)
            _middle[i] = State[i] + h / 2 * _k2[i];
        Derivatives(minute, at + width / 2, _middle, _k3);
        for (int i = 0; i < Count; i++)
            _middle[i] = State[i] + h * _k3[i];
        Derivatives(minute, at + width, _middle, _k4);
        for (int i = 0; i < Count; i++)
            State[i] += h / 6 * (_k1[i] + 2 * _k2[i] + 2 * _k3[i] + _k4[i]);
    }

    private void Derivatives(int minute, double part, double[] y, double[] dy)
    {
        influent.At(minute, part, _row);
        Devices(minute, part, y, dy);
        Underflow(y);
        double inflow = _row[InfluentSeries.Flow], recycle = y[Recycle];
        for (int i = 0; i < Z; i++)
        {
            _mass[i] = _row[i] * inflow + _under[i] * Qr + y[4 * Z + i] * recycle;
            dy[Filter + i] = (_mass[i] - y[Filter + i]) / 1e-4;
        }
        dy[FilterFlow] = (inflow + Qr + recycle - y[FilterFlow]) / 1e-4;
        double flow = y[FilterFlow];
        _kla[4] = y[Lag2];
        for (int tank = 0; tank < 5; tank++)
        {
            React(y, tank * Z);
            for (int i = 0; i < Z; i++)
            {
                double entering = tank == 0 ? y[Filter + i] : y[(tank - 1) * Z + i] * flow;
                dy[tank * Z + i] = (entering - y[tank * Z + i] * flow) / Volumes[tank] + _rate[i];
            }
            dy[tank * Z + 7] += _kla[tank] * (8 - y[tank * Z + 7]);
        }
        Settle(y, dy, flow - recycle);
    }

    private void Devices(int minute, double part, double[] y, double[] dy)
    {
        double input = y[4 * Z + 7];
        for (int i = Oxygen; i < Oxygen + 2; i++)
        {
            dy[i] = (input - y[i]) / (1 / 3.89 / 1440);
            input = y[i];
        }
        double oxygen = Math.Clamp(input + 0.25 * noise.At(0, minute, part), 0, 10);
        input = y[Z + 8];
        for (int i = Nitrate; i < Nitrate + 8; i++)
        {
            dy[i] = (input - y[i]) / (10 / 11.7724 / 1440);
            input = y[i];
        }
        double nitrate = Math.Clamp(input + 0.5 * noise.At(1, minute, part), 0, 20);

        double e = 2 - oxygen, u = 144 + 25 * e + y[Loops] + y[Loops + 1], kla = Math.Clamp(u, 0, 360);
        (dy[Loops], dy[Loops + 1]) = (25 * e / 0.002, (kla - u) / 0.001);
        (dy[Lag1], dy[Lag2]) = ((kla - y[Lag1]) / (4 / 3.89 / 1440), (y[Lag1] - y[Lag2]) / (4 / 3.89 / 1440));
        e = 1 - nitrate;
        u = 18_500 + 10_000 * e + y[Loops + 2] + y[Loops + 3];
        double asked = Math.Clamp(u, 0, 92_230);
        (dy[Loops + 2], dy[Loops + 3]) = (10_000 * e / 0.025, (asked - u) / 0.015);
        dy[Recycle] = (asked - y[Recycle]) / 0.001;
    }

    private void Underflow(double[] y)
    {
        double ratio = y[Settler] / Solids(y);
        foreach (int i in Particulate)
            _under[i] = y[4 * Z + i] * ratio;
        for (int i = 0; i < 7; i++)
            _under[Soluble[i]] = y[Settler + 1 + i];
    }

    private static double Solids(double[] y) => 0.75 * (y[4 * Z + 2] + y[4 * Z + 3] + y[4 * Z + 4] + y[4 * Z + 5] + y[4 * Z + 6]);

    private void React(double[] y, int at)
    {
        const double yH = 0.67, yA = 0.24, fP = 0.08, iXB = 0.08, iXP = 0.06;
        double P(int i) => Math.Max(0, y[at + i]);
        double ss = P(1), xs = P(3), xbh = P(4), xba = P(5), so = P(7), sno = P(8), snh = P(9), snd = P(10), xnd = P(11);
        double mO = so / (0.2 + so), iO = 0.2 / (0.2 + so), mN = sno / (0.5 + sno), mS = ss / (10 + ss);
        double r1 = 4 * mS * mO * xbh;
        double r2 = 4 * mS * iO * mN * 0.8 * xbh;
        double r3 = 0.5 * (snh / (1 + snh)) * (so / (0.4 + so)) * xba;
        double r4 = 0.3 * xbh;
        double r5 = 0.05 * xba;
        double r6 = 0.05 * snd * xbh;
        double h = 3 * xbh * (mO + 0.8 * iO * mN) / (0.1 * xbh + xs);
        double r7 = h * xs, r8 = h * xnd;
        _rate[1] = -(r1 + r2) / yH + r7;
        _rate[3] = (1 - fP) * (r4 + r5) - r7;
        _rate[4] = r1 + r2 - r4;
        _rate[5] = r3 - r5;
        _rate[6] = fP * (r4 + r5);
        _rate[7] = -(1 - yH) / yH * r1 - (4.57 - yA) / yA * r3;
        _rate[8] = -(1 - yH) / (2.86 * yH) * r2 + r3 / yA;
        _rate[9] = -iXB * (r1 + r2) - (iXB + 1 / yA) * r3 + r6;
        _rate[10] = r8 - r6;
        _rate[11] = (iXB - fP * iXP) * (r4 + r5) - r8;
        _rate[12] = -iXB / 14 * r1 + ((1 - yH) / (14 * 2.86 * yH) - iXB / 14) * r2 - (iXB / 14 + 1 / (7 * yA)) * r3 + r6 / 14;
    }

    private void Settle(double[] y, double[] dy, double feedFlow)
    {
        double feed = Solids(y), least = 0.00228 * feed, down = (Qr + Qw) / Area, up = (feedFlow - Qr - Qw) / Area;
        for (int m = 0; m < 10; m++)
        {
            double x = y[Settler + m * 8];
            double v = 474 * (Math.Exp(-0.000576 * (x - least)) - Math.Exp(-0.00286 * (x - least)));
            _flux[m] = Math.Max(0, Math.Min(250, v)) * x;
        }
        for (int m = 1; m < 10; m++)
            _face[m] = m <= 5 || y[Settler + (m - 1) * 8] > 3000 ? Math.Min(_flux[m], _flux[m - 1]) : _flux[m];
        for (int i = 0; i < 8; i++)
        {
            double entering = i == 0 ? feed : y[4 * Z + Soluble[i - 1]];
            for (int m = 0; m < 10; m++)
            {
                int here = Settler + m * 8 + i;
                double bulk = m < 5 ? down * (y[here + 8] - y[here])
                    : m == 5 ? feedFlow * entering / Area - (up + down) * y[here]
                    : up * (y[here - 8] - y[here]);
                dy[here] = (bulk + (i == 0 ? _face[m + 1] - _face[m] : 0)) / Height;
            }
        }
    }
}
