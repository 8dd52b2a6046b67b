using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ouro.Server.Datasets;
using Ouro.Server.Files;
using Ouro.Server.Storage;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>Somebody who looks at files and draws them, as the server does, and what was written to the log meanwhile.</summary>
public sealed class Inspector : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("ouro-inspection-").FullName;
    readonly Journal journal = new();
    int files;

    public Inspector()
    {
        Inspection = new([TableLook.Look], journal.For<FileInspection>());
        Thumbnails = new(journal.For<Thumbnails>());
    }

    public FileInspection Inspection { get; }

    public Thumbnails Thumbnails { get; }

    public IReadOnlyList<string> Warnings => journal.Warnings;

    public async Task<Inspection> Look(byte[] bytes, string name = "")
    {
        var file = Put(bytes);
        var seen = await Inspection.Look(file, name, default);
        File.Delete(file.Path);
        return seen;
    }

    public Task<Inspection> Look(string text, string name = "") => Look(System.Text.Encoding.UTF8.GetBytes(text), name);

    /// <summary>The classification of a file, which must have one.</summary>
    public async Task<JsonElement> Classify(byte[] bytes, string name = "") => (await Look(bytes, name)).Classification!.Value;

    public Task<JsonElement> Classify(string text, string name = "") => Classify(System.Text.Encoding.UTF8.GetBytes(text), name);

    public async Task<Thumbnail?> Draw(byte[] bytes, string type) => await Thumbnails.Make(Put(bytes), type, default);

    public SpooledFile Put(byte[] bytes)
    {
        var path = Path.Combine(folder, Interlocked.Increment(ref files).ToString());
        File.WriteAllBytes(path, bytes);
        return new(path);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Inspection.DisposeAsync();
        await Thumbnails.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    sealed class Journal : ILogger
    {
        readonly List<string> warnings = [];

        public IReadOnlyList<string> Warnings { get { lock (warnings) return [.. warnings]; } }

        public Named<T> For<T>() => new(this);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning) return;
            lock (warnings) warnings.Add(formatter(state, exception));
        }
    }

    sealed class Named<T>(ILogger journal) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            journal.Log(logLevel, eventId, state, exception, formatter);
    }
}
