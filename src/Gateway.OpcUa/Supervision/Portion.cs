using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>How many operations one request may carry; halved when the server finds that too much.</summary>
internal sealed class Portion
{
    // Where the server states no limit (0 or nothing) it is unknown rather than infinite.
    public const int Unknown = 100;

    public int Size { get; private set; } = Unknown;

    public void Set(uint stated) => Size = stated is 0 or > int.MaxValue ? Unknown : (int)stated;

    /// <summary>True when the same operations are to be sent again in smaller portions.</summary>
    public bool TryHalve(StatusCode status, int used)
    {
        if (used <= 1 || !IsTooMuch(status))
            return false;
        Size = Math.Max(1, Math.Min(Size, used) / 2);
        return true;
    }

    private static bool IsTooMuch(StatusCode status) =>
        status == StatusCodes.BadTooManyOperations || status == StatusCodes.BadRequestTooLarge ||
        status == StatusCodes.BadResponseTooLarge || status == StatusCodes.BadEncodingLimitsExceeded;
}
