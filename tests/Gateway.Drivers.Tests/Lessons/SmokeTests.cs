using Gateway.Drivers.Tests.Support;

namespace Gateway.Drivers.Tests.Lessons;

public sealed class SmokeTests
{
    [Fact]
    public void A_line_polls_and_delivers()
    {
        var rig = new LineRig();
        using var listener = rig.Serve("plc:502", new FieldModel());
        var line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(10, 20))));
        rig.Run(10.5);
        Assert.Equal(10, rig.Value(10));
        Assert.Equal(29, rig.Value(29));
        Assert.Equal(11, line.Statistics.Devices[0].CountOf(RequestResult.Ok));
        Assert.True(line.Statistics.Devices[0].IsUp(line.Elapsed));
        rig.Stop(line);
        Assert.True(rig.Runs[0].IsCompletedSuccessfully);
        Assert.Equal(LineState.Stopped, line.Statistics.State);
    }
}
