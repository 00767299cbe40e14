using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gateway.Runtime;

/// <summary>
/// Checks that stay on in release: a violated invariant is a bug of ours, never of a device or a user. The scan
/// answers it with the run state Fault and safe outputs.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantException"/> when <paramref name="condition"/> is false.</summary>
    public static void Check([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition)
            Fail(text);
    }

    [DoesNotReturn]
    private static void Fail(string? text) => throw new InvariantException("Invariant violated: " + text);
}

/// <summary>A violated <see cref="Invariant"/>: a bug in the gateway itself.</summary>
public sealed class InvariantException(string message) : Exception(message);
