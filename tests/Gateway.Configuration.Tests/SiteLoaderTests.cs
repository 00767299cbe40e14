using System.Text;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Tests;

public sealed class SiteLoaderTests
{
    [Fact]
    public void Lines_and_devices_become_definitions()
    {
        using var site = new SiteFolder();
        SiteConfiguration loaded = site.Load().Site!;
        Assert.Equal(["line-1", "bus-1"], loaded.Lines.Select(line => line.Name));
        ModbusLineDefinition line = Assert.IsType<ModbusLineDefinition>(loaded.Lines[0]), bus = Assert.IsType<ModbusLineDefinition>(loaded.Lines[1]);
        Assert.Equal((LineTransport.ModbusTcp, "192.0.2.1", 502), (line.Transport, line.Host, line.Port));
        Assert.Equal((LineTransport.ModbusRtu, "/dev/ttyS0", 9600, 'E', 1), (bus.Transport, bus.SerialPort, bus.BaudRate, bus.Parity, bus.StopBits));
        ModbusDevice plc = Assert.IsType<ModbusDevice>(line.Devices[0]), meter = Assert.IsType<ModbusDevice>(bus.Devices[0]);
        Assert.Equal((0, "plc-03", (byte)1, 60), (plc.Index, plc.Name, plc.Unit, plc.MaxRegisters));
        Assert.Equal((1, "meter-1", (byte)7), (meter.Index, meter.Name, meter.Unit));
    }

    [Fact]
    public void The_defaults_of_the_files_are_the_defaults_of_the_definitions()
    {
        using var site = new SiteFolder();
        ModbusLineDefinition line = (ModbusLineDefinition)site.Load().Site!.Lines[0], plainLine = new() { Name = line.Name, Index = 0, Host = line.Host, Devices = line.Devices };
        Assert.Equal(plainLine, line);
        ModbusDevice device = (ModbusDevice)line.Devices[0], plain = new() { Name = device.Name, Index = 0, MaxRegisters = 60, Points = device.Points };
        Assert.Equal(plain, device);
    }

    [Fact]
    public void A_server_and_its_nodes_become_definitions()
    {
        using var site = new SiteFolder();
        site.Bare();
        File.Copy(System.IO.Path.Combine(SiteFolder.TestData, "opcua", "gateway.json"), System.IO.Path.Combine(site.Path, "gateway.json"), overwrite: true);
        site.Change("gateway.json", "\"endpoint\":", "\"securityPolicy\": \"Basic256Sha256\", \"securityMode\": \"Sign\", \"user\": { \"name\": \"gw\", \"passwordFile\": \"pw.txt\" }, \"samplingIntervalMs\": 250, \"endpoint\":");
        site.With("tags.csv", """
            tag,unit,device,address,type,rate,rangeLow,rangeHigh,sourceDeadband,access
            EFF_NH4,mg/L,plc-05,nsu=urn:plant;s=Lane1.NH4,,slow,0,20,0.5%,RW
            EFF_PUMP,,plc-05,ns=2;i=7,bool,1000,,,,R
            """);
        SiteLoadResult result = site.Load();
        Assert.DoesNotContain("error", site.Print(result), StringComparison.Ordinal);
        var line = Assert.IsType<OpcUaLineDefinition>(result.Site!.Lines[2]);
        Assert.Equal(("opc.tcp://192.0.2.5:4840", SecurityPolicy.Basic256Sha256, MessageSecurityMode.Sign, 500), (line.Url, line.Policy, line.Mode, line.PublishingIntervalMs));
        Assert.Equal(new OpcUaUser { Name = "gw", PasswordFile = System.IO.Path.Combine(site.Path, "pw.txt") }, line.User);
        var device = Assert.IsType<OpcUaDevice>(Assert.Single(line.Devices));
        var node = Assert.IsType<OpcUaPoint>(device.Points[0]);
        Assert.Equal(new ExpandedNodeId(new NodeId("Lane1.NH4", 0), "urn:plant"), node.Node);
        Assert.Equal((0.5, true, 10_000, 250), (node.Deadband, node.IsDeadbandPercent, node.PollPeriodMs, line.SamplingMsOf(node)));
        Assert.Equal(new ExpandedNodeId(new NodeId(7, 2)), Assert.IsType<OpcUaPoint>(device.Points[1]).Node);
    }

    [Fact]
    public void An_endpoint_alone_gives_the_best_security_and_nobody_in_particular()
    {
        using var site = new SiteFolder();
        site.Bare();
        File.Copy(System.IO.Path.Combine(SiteFolder.TestData, "opcua", "gateway.json"), System.IO.Path.Combine(site.Path, "gateway.json"), overwrite: true);
        var line = Assert.IsType<OpcUaLineDefinition>(site.Load().Site!.Lines[2]);
        var plain = new OpcUaLineDefinition { Name = "station", Index = 2, Transport = LineTransport.OpcUa, Url = "opc.tcp://192.0.2.5:4840", Devices = line.Devices };
        Assert.Equal(plain, line);
        var device = (OpcUaDevice)line.Devices[0];
        Assert.Equal(new OpcUaDevice { Name = "plc-05", Index = 2, Points = device.Points }, device);
    }

    [Fact]
    public void Points_take_order_rate_and_phase_from_device_and_group()
    {
        using var site = new SiteFolder();
        ModbusPoint[] points = [.. site.Load().Site!.Lines[0].Devices[0].Points.Cast<ModbusPoint>()];
        Assert.Equal(new ModbusPoint { Tag = 1, Space = DataSpace.HoldingRegisters, Address = 12, Type = RegisterType.Float32, Order = ByteOrder.Cdab, PollPeriodMs = 10_000, PhaseMs = 200 }, points[1]);
        Assert.Equal((RegisterType.Bit, 2), (points[5].Type, points[5].Bit));
    }

    [Fact]
    public void Tags_take_scaling_checks_and_programs()
    {
        using var site = new SiteFolder();
        Runtime.PlantModel plant = site.Load().Site!.Plant;
        TagDefinition temperature = plant.Tags[2], load = plant.Tags[8];
        Assert.Equal(25, temperature.Scaling.ToUnits(250));
        Assert.Equal((-10, 50, RangePolicy.Uncertain), (temperature.Check.Low, temperature.Check.High, temperature.Check.OutOfRange));
        Assert.Equal([0, 1], load.Expression!.Inputs);
        Assert.Equal(TagKind.Calculated, load.Kind);
        Assert.Equal(["base", "fast", "slow", "1000ms"], plant.RateGroups.Select(group => group.Name));
        Assert.Equal((100, 2), (plant.RateGroups[2].Divider, plant.RateGroups[2].Phase));
        Assert.Equal("1000ms", plant.RateGroups[load.RateGroup].Name);
    }

    [Fact]
    public void Alarms_take_seconds_and_minutes_to_milliseconds()
    {
        using var site = new SiteFolder();
        AlarmDefinition[] alarms = site.Load().Site!.Plant.Alarms;
        Assert.Equal(Enumerable.Range(0, 7), alarms.Select(alarm => alarm.Index));
        Assert.Equal(
            [AlarmType.High, AlarmType.HighHigh, AlarmType.Low, AlarmType.State, AlarmType.Deviation, AlarmType.RateOfChange, AlarmType.BadMeasurement],
            alarms.Select(alarm => alarm.Type));
        AlarmDefinition permit = alarms[1];
        Assert.Equal((5, 0.2, 300_000, 60_000, 1, false), (permit.Limit, permit.Deadband, permit.OnDelayMs, permit.OffDelayMs, permit.Priority, permit.ShelvingAllowed));
        Assert.Equal((1, "severe", 20, "environmental-permit"), (permit.Tag, permit.Severity, permit.TimeToRespondMinutes, permit.Class));
        Assert.Equal(3600, alarms[2].MaxShelveSeconds);
        Assert.Equal((6, 120_000), (alarms[4].SetpointTag, alarms[5].RateWindowMs));
        Assert.Equal((5, -1), (alarms[6].SuppressTag, alarms[6].EnableTag));
    }

    [Fact]
    public void The_defaults_of_alarms_csv_are_those_of_the_definition()
    {
        using var site = new SiteFolder();
        AlarmDefinition alarm = site.With("alarms.csv", "id,tag,type,limit,message\nA,FLOW,H,100,m\n").Load().Site!.Plant.Alarms[0];
        Assert.Equal(new AlarmDefinition { Id = "A", Index = 0, Tag = 0, Type = AlarmType.High, Limit = 100, Message = "m" }, alarm);
    }

    [Fact]
    public void Permits_take_the_row_in_force()
    {
        using var site = new SiteFolder();
        PermitLimit[] limits = site.Load().Site!.Plant.Permits;
        Assert.Equal(new PermitLimit
        {
            Index = 0, PermitId = "outfall-1", Parameter = "NH3-N", ValueTag = 1, FlowTag = 0, TemperatureTag = 2, Unit = "mg/L", Statistic = Statistic.DailyMean,
            Limit = 5, ColdLimit = 8, ColdThreshold = 12, MinCoverage = 0.7, ZeroFlow = 5, Source = new LimitSource("TEST 1-2000", "A", "table 1, item 8") { Confidence = "read" }, RuleId = "TEST1-2000/A/8@3",
        }, limits[0]);
        Assert.Equal((Statistic.Hour, 5, "table 1, item 8, daily limit as a guide"), (limits[1].Statistic, limits[1].Limit, limits[1].Source.Clause));
        Assert.Equal((Statistic.OneOff, 6, 9), (limits[2].Statistic, limits[2].LimitLow, limits[2].Limit));
    }

    [Theory]
    [InlineData("\"buildDate\": \"2005-12-31\"", "TP", 1)]
    [InlineData("\"buildDate\": \"2006-01-01\"", "TP", 0.5)]
    [InlineData("\"asOf\": \"2019-12-31\"", "BOD5", 20)]
    [InlineData("\"asOf\": \"2020-01-01\"", "BOD5", 10)]
    [InlineData("\"zeroFlow\": 6", "BOD5", 10)]
    [InlineData("\"waterBody\": \"river\"", "SS", 10)]
    [InlineData("\"waterBody\": \"lakeOrReservoir\"", "SS", 7)]
    public void Dates_and_water_choose_the_row(string key, string parameter, double expected)
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.With("compliance.json", $$"""
            { "permits": [ { "id": "p", "standard": "standard.json", "class": "A", {{key}}, "flowTag": "FLOW",
              "parameters": [ { "parameter": "{{parameter}}", "valueTag": "NH4" } ] } ] }
            """).Load();
        Assert.Equal("", site.Print(result));
        Assert.Equal(expected, Assert.Single(result.Site!.Plant.Permits).Limit);
    }

    [Fact]
    public void A_limit_of_the_permits_own_replaces_the_standards_with_its_clause()
    {
        using var site = new SiteFolder();
        PermitLimit limit = site.Change("compliance.json", "\"minCoverage\": 0.7", "\"limit\": 1.5, \"coldLimit\": 3, \"clause\": \"permit 7\"").Load().Site!.Plant.Permits[0];
        Assert.Equal((1.5, 3, 12, "permit 7", "TEST1-2000/A/8@3+permit"), (limit.Limit, limit.ColdLimit, limit.ColdThreshold, limit.Source.Clause, limit.RuleId));
    }

    [Fact]
    public void An_output_is_tied_to_the_point_of_its_tag()
    {
        using var site = new SiteFolder();
        SiteConfiguration loaded = site.Load().Site!;
        Assert.Equal(new OutputDefinition { Index = 0, Name = "SP", Tag = 6, Low = 1, High = 8, FailSafe = 2, ExpiryMs = 1500, Armed = true }, Assert.Single(loaded.Plant.Outputs));
        Assert.Equal(6, Assert.Single(loaded.Lines[0].Devices[0].Points, point => point.Output == 0).Tag);
    }

    [Fact]
    public void A_site_needs_no_alarms_permits_or_outputs()
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.Bare().Load();
        Assert.Empty(result.Diagnostics);
        Assert.NotNull(result.Site);
    }

    [Fact]
    public void The_hash_follows_the_files()
    {
        using var one = new SiteFolder();
        using var two = new SiteFolder();
        string hash = one.Load().Site!.Plant.ConfigurationHash;
        Assert.Equal(64, hash.Length);
        Assert.Equal(hash, two.Load().Site!.Plant.ConfigurationHash);
        Assert.NotEqual(hash, two.Change("tags.csv", "FLOW,m3/h", "FLOW,m3/d").Load().Site!.Plant.ConfigurationHash);
    }

    [Fact]
    public void A_zone_with_summer_time_gives_its_calendar()
    {
        using var site = new SiteFolder();
        site.Change("gateway.json", "+08:00", "Europe/Berlin");
        long winter = new DateTime(2026, 1, 15, 12, 0, 0, DateTimeKind.Utc).Ticks, summer = new DateTime(2026, 7, 15, 12, 0, 0, DateTimeKind.Utc).Ticks;
        Runtime.Compliance.SiteCalendar calendar = site.Load().Site!.Plant.Calendar;
        Assert.Equal((TimeSpan.TicksPerHour, 2 * TimeSpan.TicksPerHour), (calendar.OffsetAt(winter), calendar.OffsetAt(summer)));
    }

    [Fact]
    public void A_missing_folder_is_a_diagnostic()
    {
        SiteLoadResult result = SiteLoader.Load("no/such/folder");
        Assert.Equal("no/such/folder: error GW1001: the site folder does not exist; create it or correct the path", Assert.Single(result.Diagnostics).ToString());
        Assert.Null(result.Site);
    }

    [Fact]
    public void All_files_are_checked_though_one_is_broken()
    {
        using var site = new SiteFolder();
        string printed = site.With("gateway.json", "{").Change("tags.csv", "0,20,0.1", "0,20,x").Load() is var result ? site.Print(result) : "";
        Assert.Contains("gateway.json(1,2): error GW1101", printed, StringComparison.Ordinal);
        Assert.Contains("tags.csv(4,52): error GW1302", printed, StringComparison.Ordinal);
        // Devices cannot be judged without gateway.json, so nothing is said of them.
        Assert.Equal(2, result.Diagnostics.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"\\uD800\"")]
    [InlineData("{\"site\":{\"id\":\"\\uDC00\"}}")]
    [InlineData("{} {}")]
    [InlineData("{\"site\":null,\"lines\":{},\"scan\":3}")]
    [InlineData("{\"scan\":{\"basePeriodMs\":0,\"rateGroups\":[{\"name\":\"a\",\"periodMs\":0}]}}")]
    [InlineData("{\"scan\":{\"basePeriodMs\":1e400}}")]
    [InlineData("{\"scan\":{\"basePeriodMs\":0.5}}")]
    public void Odd_json_gives_diagnostics(string text)
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.With("gateway.json", text).Load();
        Assert.Null(result.Site);
        Assert.EndsWith("gateway.json", result.Diagnostics[0].File, StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, result.Diagnostics[0].Severity);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        using var site = new SiteFolder();
        site.With("gateway.json", string.Concat(Enumerable.Repeat("{\"site\":", 5000)) + "1" + new string('}', 5000));
        Assert.Contains("deeper than 32", Assert.Single(site.Load().Diagnostics, d => d.Code == "GW1101").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Garbled_files_never_throw(int seed)
    {
        var random = new Random(seed);
        using var site = new SiteFolder();
        string[] names = [.. Directory.GetFiles(site.Path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Dictionary<string, byte[]> good = names.ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(site.Path, name)));
        byte[] spice = Encoding.UTF8.GetBytes("{}[]\",:;\n\r\t#'0-+.eE\\u\0\uFEFF\uFFFD水/");
        for (int round = 0; round < 300; round++)
        {
            string name = names[random.Next(names.Length)];
            List<byte> bytes = [.. good[name]];
            for (int i = random.Next(1, 12); i > 0 && bytes.Count > 0; i--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.Insert(at, spice[random.Next(spice.Length)]); break;
                    case 2: bytes.RemoveRange(at, Math.Min(random.Next(40), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(60), bytes.Count - at))); break;
                }
            }
            site.With(name, [.. bytes]);
            SiteLoadResult result = site.Load();
            Assert.Equal(result.Site is null, result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error));
            site.With(name, good[name]);
        }
    }
}
