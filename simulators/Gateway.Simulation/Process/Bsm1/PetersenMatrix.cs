using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// The biology of ASM1 as Petersen wrote it: eight processes, their rates, and a matrix that says how much of each
/// component one unit of a process makes or takes. This matrix is what the simulation multiplies with. Immutable.
/// </summary>
public sealed class PetersenMatrix
{
    private readonly double[] _coefficients = new double[Asm1.Processes * Asm1.Row];
    private readonly double _muH, _muA, _bH, _bA, _ka, _kh, _etaG, _etaH, _kS, _kOH, _kNO, _kNH, _kOA, _kX;

    /// <summary>Writes the matrix for a set of parameters.</summary>
    public PetersenMatrix(Asm1Parameters parameters)
    {
        Parameters = parameters;
        (_muH, _muA) = (parameters.HeterotrophicGrowth, parameters.AutotrophicGrowth);
        (_bH, _bA) = (parameters.HeterotrophicDecay, parameters.AutotrophicDecay);
        (_ka, _kh) = (parameters.Ammonification, parameters.Hydrolysis);
        (_etaG, _etaH) = (parameters.AnoxicGrowthShare, parameters.AnoxicHydrolysisShare);
        (_kS, _kX) = (parameters.SubstrateSaturation, parameters.HydrolysisSaturation);
        (_kOH, _kOA) = (parameters.OxygenSaturationHeterotrophs, parameters.OxygenSaturationAutotrophs);
        (_kNO, _kNH) = (parameters.NitrateSaturation, parameters.AmmoniumSaturation);

        var matrix = Write(parameters);
        for (var process = 0; process < Asm1.Processes; process++)
            for (var component = 0; component < Asm1.Count; component++)
                _coefficients[(process * Asm1.Row) + component] = matrix[process, component];
    }

    /// <summary>The parameters it was written for.</summary>
    public Asm1Parameters Parameters { get; }

    /// <summary>The coefficient of a component (0 to 12) in a process (0 to 7).</summary>
    public double this[int process, int component] => _coefficients[(process * Asm1.Row) + component];

    // The table of Henze et al. 1987. 2.86 and 4.57 g COD are the electrons of one gram of nitrate to dinitrogen and of
    // ammonium to nitrate; 14 g of nitrogen carry one mole of charge.
    private static double[,] Write(Asm1Parameters p)
    {
        var (yH, yA, fP, iXB, iXP) = (p.HeterotrophicYield, p.AutotrophicYield, p.InertShare, p.NitrogenInBiomass, p.NitrogenInProducts);
        var sub = -1 / yH;
        var oxH = -(1 - yH) / yH;
        var oxA = -(4.57 - yA) / yA;
        var den = -(1 - yH) / (2.86 * yH);
        var nit = 1 / yA;
        var amA = -iXB - (1 / yA);
        var alH = -iXB / 14;
        var alD = ((1 - yH) / (14 * 2.86 * yH)) - (iXB / 14);
        var alA = (-iXB / 14) - (1 / (7 * yA));
        var orN = iXB - (fP * iXP);
        const double al6 = 1.0 / 14;
        return new double[Asm1.Processes, Asm1.Count]
        {
            //                                    SI    SS  XI      XS  XBH XBA  XP   SO  SNO   SNH SND  XND  SALK
            /* 1 aerobic growth, heterotrophs */ { 0, sub,  0,      0,  1,  0,  0, oxH,   0, -iXB,  0,   0, alH },
            /* 2 anoxic growth, heterotrophs  */ { 0, sub,  0,      0,  1,  0,  0,   0, den, -iXB,  0,   0, alD },
            /* 3 aerobic growth, autotrophs   */ { 0,   0,  0,      0,  0,  1,  0, oxA, nit,  amA,  0,   0, alA },
            /* 4 decay of heterotrophs        */ { 0,   0,  0, 1 - fP, -1,  0, fP,   0,   0,    0,  0, orN,   0 },
            /* 5 decay of autotrophs          */ { 0,   0,  0, 1 - fP,  0, -1, fP,   0,   0,    0,  0, orN,   0 },
            /* 6 ammonification               */ { 0,   0,  0,      0,  0,  0,  0,   0,   0,    1, -1,   0, al6 },
            /* 7 hydrolysis of organics       */ { 0,   1,  0,     -1,  0,  0,  0,   0,   0,    0,  0,   0,   0 },
            /* 8 hydrolysis of organic N      */ { 0,   0,  0,      0,  0,  0,  0,   0,   0,    0,  1,  -1,   0 },
        };
    }

    /// <summary>The rates of the eight processes in g/m3/d at a row of concentrations; negative ones count as zero.</summary>
    /// <param name="z">Concentrations, at least 13.</param>
    /// <param name="rho">Receives the rates, at least 8.</param>
    public void Rates(ReadOnlySpan<double> z, Span<double> rho)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(z.Length, Asm1.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(rho.Length, Asm1.Processes);
        Rates(ref MemoryMarshal.GetReference(z), ref MemoryMarshal.GetReference(rho));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rates(ref double z, ref double rho)
    {
        var ss = Positive(ref z, Asm1.SS);
        var xs = Positive(ref z, Asm1.XS);
        var xbh = Positive(ref z, Asm1.XBH);
        var xba = Positive(ref z, Asm1.XBA);
        var so = Positive(ref z, Asm1.SO);
        var sno = Positive(ref z, Asm1.SNO);
        var snh = Positive(ref z, Asm1.SNH);
        var snd = Positive(ref z, Asm1.SND);
        var xnd = Positive(ref z, Asm1.XND);

        var oxic = so / (_kOH + so);
        var anoxic = _kOH / (_kOH + so) * (sno / (_kNO + sno));
        var growth = _muH * (ss / (_kS + ss)) * xbh;
        // Hydrolysis per gram of XS, in a form that needs no division by XBH or XS; without both there is none.
        var solids = (_kX * xbh) + xs;
        var hydrolysis = solids > 0 ? _kh * xbh * (oxic + (_etaH * anoxic)) / solids : 0;

        rho = growth * oxic;
        Unsafe.Add(ref rho, 1) = growth * anoxic * _etaG;
        Unsafe.Add(ref rho, 2) = _muA * (snh / (_kNH + snh)) * (so / (_kOA + so)) * xba;
        Unsafe.Add(ref rho, 3) = _bH * xbh;
        Unsafe.Add(ref rho, 4) = _bA * xba;
        Unsafe.Add(ref rho, 5) = _ka * snd * xbh;
        Unsafe.Add(ref rho, 6) = hydrolysis * xs;
        Unsafe.Add(ref rho, 7) = hydrolysis * xnd;
    }

    /// <summary>Adds to a row what the processes make and take: matrix times rates.</summary>
    /// <param name="z">A row of 16 concentrations.</param>
    /// <param name="dz">A row of 16 rates of change in g/m3/d.</param>
    internal void AddConversion(ref double z, ref double dz)
    {
        Span<double> rates = stackalloc double[Asm1.Processes];
        ref var rho = ref MemoryMarshal.GetReference(rates);
        Rates(ref z, ref rho);
        ref var nu = ref MemoryMarshal.GetArrayDataReference(_coefficients);
        for (nuint at = 0; at < Asm1.Row; at += 4)
        {
            var sum = Vector256.LoadUnsafe(ref dz, at);
            for (nuint process = 0; process < Asm1.Processes; process++)
                sum += Vector256.Create(Unsafe.Add(ref rho, process)) * Vector256.LoadUnsafe(ref nu, (process * Asm1.Row) + at);
            sum.StoreUnsafe(ref dz, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Positive(ref double z, int component)
    {
        var value = Unsafe.Add(ref z, component);
        return value > 0 ? value : 0;
    }
}
