using Gateway.PlcSimulator.Cli;

// Socket completions run on the thread that saw them: one thread hop less per request. Connections never block.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return await CommandLine.RunAsync(args);
