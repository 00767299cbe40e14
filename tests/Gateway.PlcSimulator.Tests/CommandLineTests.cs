using Gateway.PlcSimulator.Cli;

namespace Gateway.PlcSimulator.Tests;

/// <summary>What the verbs refuse before they serve anything.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("127.0.0.1:1502", "127.0.0.1", 1502)]
    [InlineData("plc.example:0", "plc.example", 0)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void Host_and_port_are_told_apart(string text, string host, int port)
    {
        Assert.True(HostPort.TryParse(text, out var value));
        Assert.Equal((host, port), (value.Host, value.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1502")]
    [InlineData(":1502")]
    [InlineData("host:")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("::1:502")]
    [InlineData("[]:502")]
    public void What_is_not_host_and_port_is_refused(string text) => Assert.False(HostPort.TryParse(text, out _));

    [Theory]
    [InlineData("serve")]
    [InlineData("serve", "--site", "/nowhere")]
    [InlineData("serve", "--site", "SITE", "--modbus", "1502")]
    [InlineData("serve", "--site", "SITE", "--modbus", "192.0.2.1:1502")]
    [InlineData("serve", "--site", "SITE", "--modbus", "127.0.0.1:65533")]
    [InlineData("serve", "--site", "SITE", "--weather", "snow")]
    [InlineData("serve", "--site", "SITE", "--speed", "0")]
    [InlineData("serve", "--site", "SITE", "--speed", "10001")]
    [InlineData("serve", "--site", "SITE", "--control", "0.0.0.0:0")]
    [InlineData("serve", "--site", "SITE", "--control", "8080")]
    [InlineData("serve", "--site", "SITE", "--opcua", "127.0.0.1:4840")]
    [InlineData("serve", "--site", "SITE", "--opcua", "https://127.0.0.1:4840")]
    [InlineData("serve", "--site", "SITE", "--opcua-insecure")]
    [InlineData("serve", "--site", "SITE", "--opcua", "opc.tcp://127.0.0.1:0", "--opcua-users", "/nowhere")]
    [InlineData("bank", "--map", "/nowhere.csv")]
    [InlineData("bank", "--map", "/nowhere.csv", "--modbus", "x")]
    [InlineData("explode")]
    public async Task Wrong_arguments_end_with_exit_code_1(params string[] arguments) =>
        Assert.Equal(1, await CommandLine.RunAsync([.. arguments.Select(argument => argument == "SITE" ? ExampleSite.Folder : argument)]));
}
