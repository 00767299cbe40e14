using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>A system of ordinary differential equations whose inputs move linearly through a step.</summary>
public interface IContinuousSystem
{
    /// <summary>The rates of change at a state.</summary>
    /// <param name="state">The state; its length is a multiple of four.</param>
    /// <param name="fraction">Place in the step, 0 at its start to 1 at its end: it decides the inputs.</param>
    /// <param name="derivative">Receives the rates, as long as the state.</param>
    void Derivatives(ReadOnlySpan<double> state, double fraction, Span<double> derivative);
}

/// <summary>Explicit Runge-Kutta methods, one for each order from 1 to 4.</summary>
public enum RungeKuttaOrder
{
    /// <summary>Euler: one evaluation.</summary>
    One = 1,

    /// <summary>Heun: two evaluations.</summary>
    Two = 2,

    /// <summary>Kutta's third-order method: three evaluations.</summary>
    Three = 3,

    /// <summary>The classic method: four evaluations.</summary>
    Four = 4,
}

/// <summary>
/// An explicit Runge-Kutta method with a fixed step. Steps allocate nothing, and equal calls give equal bits. Owned by
/// one thread.
/// </summary>
public sealed class RungeKutta
{
    // Butcher tables: rows of a, then b; c is the sum of a row of a.
    private static readonly double[][][] Tables =
    [
        [[1]],
        [[1], [1.0 / 2, 1.0 / 2]],
        [[1.0 / 2], [-1, 2], [1.0 / 6, 4.0 / 6, 1.0 / 6]],
        [[1.0 / 2], [0, 1.0 / 2], [0, 0, 1], [1.0 / 6, 2.0 / 6, 2.0 / 6, 1.0 / 6]],
    ];

    private readonly double[][] _table;
    private readonly double[] _places;
    private readonly double[][] _slopes;
    private readonly double[] _middle;

    /// <summary>Prepares a method for states of a length.</summary>
    /// <param name="order">Which method.</param>
    /// <param name="length">Length of the state; a multiple of four.</param>
    public RungeKutta(RungeKuttaOrder order, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(length % 4, 0);
        Order = order;
        _table = Tables[(int)order - 1];
        _places = [0, .. _table[..^1].Select(row => row.Sum())];
        _slopes = [.. _table.Select(_ => new double[length])];
        _middle = new double[length];
    }

    /// <summary>Which method.</summary>
    public RungeKuttaOrder Order { get; }

    /// <summary>Moves a state on by one step.</summary>
    /// <param name="system">The equations.</param>
    /// <param name="state">The state at the start, then at the end.</param>
    /// <param name="step">Length of the step.</param>
    public void Step(IContinuousSystem system, Span<double> state, double step)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, _middle.Length);
        for (var stage = 0; stage < _table.Length; stage++)
        {
            if (stage > 0)
                Advance(state, _middle, step, _table[stage - 1]);
            system.Derivatives(stage == 0 ? state : _middle, _places[stage], _slopes[stage]);
        }

        Advance(state, state, step, _table[^1]);
    }

    // target = state + step * sum of weights times slopes, always summed in the same order.
    private void Advance(ReadOnlySpan<double> state, Span<double> target, double step, double[] weights)
    {
        ref var from = ref MemoryMarshal.GetReference(state);
        ref var to = ref MemoryMarshal.GetReference(target);
        var length = (nuint)state.Length;
        if (weights.Length == 4)
        {
            ref var k1 = ref MemoryMarshal.GetArrayDataReference(_slopes[0]);
            ref var k2 = ref MemoryMarshal.GetArrayDataReference(_slopes[1]);
            ref var k3 = ref MemoryMarshal.GetArrayDataReference(_slopes[2]);
            ref var k4 = ref MemoryMarshal.GetArrayDataReference(_slopes[3]);
            for (nuint at = 0; at < length; at += 4)
            {
                var slope = (Vector256.LoadUnsafe(ref k1, at) * weights[0]) + (Vector256.LoadUnsafe(ref k2, at) * weights[1])
                    + (Vector256.LoadUnsafe(ref k3, at) * weights[2]) + (Vector256.LoadUnsafe(ref k4, at) * weights[3]);
                (Vector256.LoadUnsafe(ref from, at) + (slope * step)).StoreUnsafe(ref to, at);
            }

            return;
        }

        for (nuint at = 0; at < length; at += 4)
        {
            var slope = Vector256<double>.Zero;
            for (var stage = 0; stage < weights.Length; stage++)
            {
                if (weights[stage] != 0)
                    slope += Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_slopes[stage]), at) * weights[stage];
            }

            (Vector256.LoadUnsafe(ref from, at) + (slope * step)).StoreUnsafe(ref to, at);
        }
    }
}
