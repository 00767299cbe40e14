using Gateway.Cli;
using Gateway.Modbus;

// Socket completions run on the thread that saw them: one thread hop less per poll. It must be set before the first
// socket is made; the field lines never block in a completion, and Kestrel schedules its requests itself.
ModbusTransport.PreferInlineCompletions();

return CommandLine.Run(args);
