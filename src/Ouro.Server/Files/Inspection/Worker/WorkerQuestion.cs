namespace Ouro.Server.Files;

/// <summary>What a worker is asked, as a line of JSON.</summary>
/// <param name="Task">One of the words below.</param>
/// <param name="Path">The file.</param>
sealed record WorkerQuestion(string Task, string Path)
{
    public const string Pages = "pages";
    public const string Thumbnail = "thumbnail";
}

/// <summary>What it answers, as a line of JSON; empty where the file does not tell, and once when it is ready to be asked.</summary>
sealed record WorkerAnswer(int? Pages = null, byte[]? Picture = null, int Width = 0, int Height = 0);
