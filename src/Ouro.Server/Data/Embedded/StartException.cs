namespace Ouro.Server.Data.Embedded;

/// <summary>Something outside the program must change before it can start. The message tells the operator what is wrong and what to do.</summary>
public sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
