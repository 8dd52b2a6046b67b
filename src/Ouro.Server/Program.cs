using Ouro.Server.Commands;

return await CommandLine.Root().Parse(args).InvokeAsync();
