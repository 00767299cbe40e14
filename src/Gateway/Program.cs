using Gateway.Cli;

// Socket completions run on the thread that saw them: one thread hop less per poll. It must be set before the first
// socket is made; the field lines never block in a completion, and Kestrel schedules its requests itself.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return CommandLine.Run(args);
