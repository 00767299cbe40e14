using Gateway.Runtime.Compliance;

namespace Gateway;

/// <summary>The one verdict on many: exceeds before undetermined before warning before complies.</summary>
internal static class WorstState
{
    /// <summary>The worst of the states; undetermined when there is none, because nothing was shown.</summary>
    public static ComplianceState Of(IEnumerable<ComplianceState> states)
    {
        ComplianceState? worst = null;
        foreach (ComplianceState state in states)
            if (worst is not { } former || RankOf(state) > RankOf(former))
                worst = state;
        return worst ?? ComplianceState.Undetermined;
    }

    private static int RankOf(ComplianceState state) => state switch
    {
        ComplianceState.Exceeds => 3,
        ComplianceState.Undetermined => 2,
        ComplianceState.Warning => 1,
        _ => 0,
    };
}
