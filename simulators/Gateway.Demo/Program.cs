using System.CommandLine;
using Gateway.Demo;
using Gateway.Modbus;

// See the gateway's own entry point: one thread hop less per poll.
ModbusTransport.PreferInlineCompletions();

var weather = new Option<string>("--weather") { Description = "dry, rain or storm", DefaultValueFactory = _ => "dry" };
var speed = new Option<double>("--speed") { Description = "Simulated seconds per second, 1 to 10000", DefaultValueFactory = _ => 1 };
var http = new Option<string?>("--http") { Description = "Address of page, API and metrics, instead of the site's" };
var data = new Option<string?>("--data") { Description = "Data folder, instead of gateway-demo in the folder for the user's application data" };
var ephemeral = new Option<bool>("--ephemeral") { Description = "Keep nothing after the end, and take free ports for the simulated PLCs" };
var site = new Option<string?>("--site") { Description = "Folder of the site, instead of config/tangjiatuo of this checkout" };

var root = new RootCommand("A simulated treatment plant and the gateway that watches it, in one process.") { weather, speed, http, data, ephemeral, site };
root.SetAction((parsed, cancel) => DemoRun.RunAsync(
    new DemoOptions(parsed.GetValue(weather)!, parsed.GetValue(speed), parsed.GetValue(http), parsed.GetValue(data), parsed.GetValue(ephemeral), parsed.GetValue(site)), cancel));
// See the gateway's command line: a stop writes fail-safe values and closes the journal, which may take longer than 2 s.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
