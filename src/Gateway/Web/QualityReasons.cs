using Gateway.Runtime.Tags;

namespace Gateway.Web;

/// <summary>What a quality means, in a sentence for people: the answer to "why is this value bad?".</summary>
internal static class QualityReasons
{
    private static readonly (Quality Quality, string Reason)[] s_table =
    [
        (Quality.Good, ""),
        (Quality.Uncertain, "the source marks the value as uncertain"),
        (Quality.UncertainLastUsableValue, "the source is silent; this is its last value, older than it should be"),
        (Quality.UncertainSubstituteValue, "a substitute stands in the place of the value"),
        (Quality.UncertainSensorNotAccurate, "the sensor may be wrong: the value is stuck, jumps, or the sensor is being serviced"),
        (Quality.UncertainEngineeringUnitsExceeded, "the value is outside the plausible range of its unit"),
        (Quality.UncertainSubNormal, "the value comes from fewer sources than it should"),
        (Quality.Bad, "the source marks the value as unusable"),
        (Quality.BadCommunicationError, "the answer could not be trusted: it does not fit the request or is damaged"),
        (Quality.BadDecodingError, "the raw value is not a number"),
        (Quality.BadTimeout, "the device did not answer in time"),
        (Quality.BadNoCommunication, "there is no connection to the device, or it has been silent for too long"),
        (Quality.BadWaitingForInitialData, "no value has come since the gateway started"),
        (Quality.BadOutOfRange, "the value is outside the range that can be meant"),
        (Quality.BadConfigurationError, "the device refuses this address; the configuration must be corrected"),
        (Quality.BadNotConnected, "the device was never reached"),
        (Quality.BadDeviceFailure, "the device reports a failure"),
        (Quality.BadSensorFailure, "the sensor reports a failure, or its reading is impossible"),
        (Quality.BadOutOfService, "the tag is out of service"),
    ];

    /// <summary>The reason; empty for a good value.</summary>
    public static string Of(Quality quality)
    {
        uint code = quality.Code & 0xFFFF_0000;
        foreach (var entry in s_table)
            if (entry.Quality.Code == code)
                return entry.Reason;
        return quality.IsGood ? "" : "status code " + quality;
    }

    /// <summary>good, uncertain or bad.</summary>
    public static string LevelOf(Quality quality) => LevelName(quality.Level);

    /// <summary>The name of a level, 2 to 0.</summary>
    public static string LevelName(int level) => level switch { 2 => "good", 1 => "uncertain", _ => "bad" };
}
