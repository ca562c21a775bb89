using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Tests.Support;

/// <summary>Everything that a host logs, at every level.</summary>
internal sealed class Logs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
        // Lines stay readable.
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"{category} scope {Text(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception} {Text(state)}");

        // The values too: exporters of structured logs send those, not the sentence.
        private static string Text<TState>(TState state) => state is IEnumerable<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}"))
            : $"{state}";
    }
}
