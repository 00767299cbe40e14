using Gateway.Runtime.Alarms;

namespace Gateway.Configuration.Tests;

/// <summary>Starting values by signal, first-out groups and the suppression table reach the alarms.</summary>
public sealed class AlarmTableTests
{
    private const string Head = "id,tag,type,limit,deadband,onDelayS,offDelayS,priority,signal,firstOutGroup,chatterHoldS\n";

    private static AlarmDefinition[] Load(string rows, string suppression = "")
    {
        using var site = new SiteFolder();
        site.With("alarms.csv", Head + rows);
        if (suppression.Length > 0)
            site.With("suppression.csv", suppression);
        SiteLoadResult result = site.Load();
        Assert.Equal("", site.Print(result));
        return result.Site!.Plant.Alarms;
    }

    // Ranges of the base site: FLOW 0 to 60,000, NH4 0 to 20, TEMP -10 to 50.
    [Theory]
    [InlineData("FLOW,H,50000", "flow", 3000, 15, 15)]
    [InlineData("FLOW,H,50000", "level", 1200, 60, 60)]
    [InlineData("FLOW,H,50000", "pressure", 1200, 15, 15)]
    [InlineData("TEMP,H,40", "temperature", 0.6, 60, 60)]
    [InlineData("NH4,H,4", "analyzer", 0.2, 900, 60)]
    [InlineData("NH4,H,4", "probe", 0.2, 60, 60)]
    [InlineData("FAULT,STATE,", "contact", 0, 2, 0)]
    [InlineData("FLOW,BADPV,", "communication", 0, 10, 30)]
    [InlineData("FLOW,H,50000", "", 0, 0, 0)]
    public void A_signal_gives_deadband_and_delays(string condition, string signal, double deadband, int onS, int offS)
    {
        AlarmDefinition alarm = Assert.Single(Load($"X,{condition},,,,4,{signal},,\n"));
        Assert.Equal((deadband, onS * 1000, offS * 1000), (Math.Round(alarm.Deadband, 9), alarm.OnDelayMs, alarm.OffDelayMs));
    }

    [Fact]
    public void A_cell_wins_over_its_signal()
    {
        AlarmDefinition alarm = Assert.Single(Load("X,FLOW,H,50000,7,5,0,4,level,GROUP,300\n"));
        Assert.Equal((7.0, 5000, 0, "GROUP", 300_000), (alarm.Deadband, alarm.OnDelayMs, alarm.OffDelayMs, alarm.FirstOutGroup, alarm.ChatterHoldMs));
    }

    [Fact]
    public void The_suppression_table_names_alarms_one_by_one_and_by_the_begin_of_their_names()
    {
        AlarmDefinition[] alarms = Load("BL1_A,FLOW,H,50000,,,,4,,,\nBL1_B,NH4,H,4,,,,4,,,\nX,TEMP,H,40,,,,4,,,\n", "tag,alarm,holdS,reason\nFAULT,BL1_*,120,start-up\nSTATUS,BL1_B,,storm\n");
        Assert.Equal([new AlarmSuppression(5, 120_000, "start-up")], alarms[0].Suppressions);
        Assert.Equal([new AlarmSuppression(5, 120_000, "start-up"), new AlarmSuppression(4, 0, "storm")], alarms[1].Suppressions);
        Assert.Empty(alarms[2].Suppressions);
    }
}
