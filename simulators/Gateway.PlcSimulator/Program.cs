using Gateway.Modbus;
using Gateway.PlcSimulator.Cli;

// Socket completions run on the thread that saw them: one thread hop less per request. Connections never block.
ModbusTransport.PreferInlineCompletions();

return await CommandLine.RunAsync(args);
