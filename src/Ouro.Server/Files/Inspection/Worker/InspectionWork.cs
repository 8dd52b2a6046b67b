using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using UglyToad.PdfPig;

namespace Ouro.Server.Files;

/// <summary>The process that reads dangerous files: a question a line, an answer a line, until nobody asks any more.</summary>
public static class InspectionWork
{
    const int MostPages = 1_000_000;

    public static int Run()
    {
        using var output = Console.OpenStandardOutput();
        // Whatever a library prints is no answer.
        Console.SetOut(TextWriter.Null);
        EndFirstOfAll();
        using var questions = new BlockingCollection<string>();
        new Thread(() => Listen(questions)) { IsBackground = true }.Start();
        Tell(output, new WorkerAnswer());
        foreach (var question in questions.GetConsumingEnumerable()) Tell(output, Answer(JsonSerializer.Deserialize<WorkerQuestion>(question)!));
        return 0;
    }

    /// <summary>When the server is gone the question that is worked on is of no use either, and whatever it led into may never end.</summary>
    static void Listen(BlockingCollection<string> questions)
    {
        while (Console.In.ReadLine() is { } line) questions.Add(line);
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>When the machine's memory runs out, the system ends this process rather than the server or the database.</summary>
    static void EndFirstOfAll()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no such thing on macOS.
        }
    }

    static WorkerAnswer Answer(WorkerQuestion question)
    {
        try
        {
            return question.Task switch
            {
                WorkerQuestion.Pages => new(Pages: Pages(question.Path)),
                WorkerQuestion.Thumbnail => Drawing.Of(question.Path) ?? new(),
                _ => new(),
            };
        }
        catch (Exception)
        {
            // Libraries throw anything at what is broken, and this process knows nothing that could be lost.
            return new();
        }
    }

    /// <summary>The pages of a PDF; null where it is locked or broken.</summary>
    static int? Pages(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        using var document = PdfDocument.Open(file, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        return document.NumberOfPages is > 0 and <= MostPages and var pages ? pages : null;
    }

    static void Tell(Stream output, WorkerAnswer answer)
    {
        output.Write([.. JsonSerializer.SerializeToUtf8Bytes(answer), (byte)'\n']);
        output.Flush();
    }
}
