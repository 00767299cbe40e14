using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Tags;

public sealed class QualityTests
{
    // Codes from OPC 10000-6 Annex A (StatusCode.csv).
    [Theory]
    [InlineData(0x00000000u, "Good", 2)]
    [InlineData(0x40000000u, "Uncertain", 1)]
    [InlineData(0x40900000u, "UncertainLastUsableValue", 1)]
    [InlineData(0x40930000u, "UncertainSensorNotAccurate", 1)]
    [InlineData(0x40940000u, "UncertainEngineeringUnitsExceeded", 1)]
    [InlineData(0x80000000u, "Bad", 0)]
    [InlineData(0x80050000u, "BadCommunicationError", 0)]
    [InlineData(0x800A0000u, "BadTimeout", 0)]
    [InlineData(0x80310000u, "BadNoCommunication", 0)]
    [InlineData(0x80320000u, "BadWaitingForInitialData", 0)]
    [InlineData(0x803C0000u, "BadOutOfRange", 0)]
    [InlineData(0x80890000u, "BadConfigurationError", 0)]
    [InlineData(0x808A0000u, "BadNotConnected", 0)]
    [InlineData(0x808B0000u, "BadDeviceFailure", 0)]
    [InlineData(0x808C0000u, "BadSensorFailure", 0)]
    [InlineData(0x808D0000u, "BadOutOfService", 0)]
    public void A_code_has_its_standard_name_and_level(uint code, string name, int level)
    {
        var quality = new Quality(code);
        Assert.Equal(name, quality.ToString());
        Assert.Equal(level, quality.Level);
        Assert.True(QualityNames.TryParse(name, out var parsed));
        Assert.Equal(code, parsed.Code);
    }

    [Fact]
    public void The_worst_of_two_is_by_severity_and_the_first_reason_stays()
    {
        Assert.Equal(Quality.BadTimeout, Quality.Worst(Quality.Good, Quality.BadTimeout));
        Assert.Equal(Quality.BadTimeout, Quality.Worst(Quality.BadTimeout, Quality.BadNoCommunication));
        Assert.Equal(Quality.Bad, Quality.Worst(Quality.UncertainLastUsableValue, Quality.Bad));
        Assert.Equal(Quality.UncertainSubNormal, Quality.Worst(Quality.UncertainSubNormal, Quality.Good));
    }

    [Fact]
    public void A_value_takes_24_bytes() => Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<TagValue>());

    [Fact]
    public void A_bad_quality_keeps_the_last_value()
    {
        var table = new TagTable(1);
        Assert.Equal(Quality.BadWaitingForInitialData, table[0].Quality);
        Assert.True(table.Set(0, 42.5, Quality.Good, 100));
        Assert.False(table.Set(0, 42.5, Quality.Good, 200));
        Assert.True(table.SetQuality(0, Quality.BadTimeout));
        Assert.Equal(42.5, table[0].Value);
        Assert.Equal(200, table[0].SourceTime);
        Assert.Equal(2u, table[0].Version);
    }
}
