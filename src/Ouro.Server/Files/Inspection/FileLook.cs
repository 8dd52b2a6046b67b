using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>
/// How another room looks at files of its kind. It is asked about every file, with what is known so far, and gives that back where the file is none of
/// its own. What it throws is written to the log, and the file goes without what it would have said.
/// </summary>
/// <param name="Inspector">Its name, which is the one in the classification.</param>
/// <param name="Look">Looks at a file, under this name, which is so far known as this.</param>
public sealed record FileLook(string Inspector, Func<SpooledFile, string, Inspection, CancellationToken, Task<Inspection>> Look);
