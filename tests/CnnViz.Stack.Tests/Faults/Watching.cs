using System.Diagnostics;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>A program that follows a run (clients/node/watch.mjs, clients/python/watch.py) and prints its events as JSON.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private readonly ClientProcess _client;

    private Watching(string name, ClientProcess client) => (Name, _client) = (name, client);

    /// <summary>The client's library.</summary>
    public string Name { get; }

    /// <summary>How often it had to go on over another connection.</summary>
    public int Broken => _client.Errors.Split("the connection broke").Length - 1;

    public static async Task<Watching> NodeAsync(string endpoints, string run) => new(
        "grpc-js",
        await ClientProcess.NodeAsync(
            Path.Combine(RepositoryPaths.Root, "clients", "node", "watch.mjs"), "--endpoint", endpoints, "--json", run));

    public static Watching Python(string endpoints, string run) => new(
        "grpcio",
        ClientProcess.Python(
            Path.Combine(RepositoryPaths.Root, "clients", "python", "watch.py"), "--endpoint", endpoints, "--json", run));

    /// <summary>Ends when a filter has come to an iteration.</summary>
    public Task ReachesAsync(int iteration) => _client.WhenAsync(line =>
        Told.Parse(line) is { Kind: "progress" } told && told.Steps().Any(step => step.Iteration >= iteration));

    /// <summary>Follows to the run's end; all events.</summary>
    public async Task<IReadOnlyList<Told>> EndAsync()
    {
        await _client.EndAsync();
        return [.. _client.Lines.Select(line => Told.Parse(line.Line))];
    }

    /// <summary>Per filter, its objective's exact value and its picture's SHA-256.</summary>
    public Dictionary<int, string> Results() => _client.Lines.Select(line => Told.Parse(line.Line))
        .Where(told => told.Kind == "result")
        .ToDictionary(
            told => told.Value.GetProperty("filter").GetInt32(),
            told => $"{told.Value.GetProperty("objective").GetDouble():R} {told.Value.GetProperty("image").GetString()}");

    /// <summary>The longest time between two events.</summary>
    public TimeSpan LongestPause()
    {
        var lines = _client.Lines;
        return lines.Zip(lines.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one.At, next.At)).Max();
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>An event as it was told.</summary>
    internal sealed record Told(int Sequence, string Kind, JsonElement Value)
    {
        public static Told Parse(string line)
        {
            var value = JsonSerializer.Deserialize<JsonElement>(line);
            return new Told(value.GetProperty("sequence").GetInt32(), value.GetProperty("kind").GetString()!, value);
        }

        /// <summary>The filters that took a step, and which.</summary>
        public IEnumerable<(int Filter, int Iteration)> Steps()
        {
            var iteration = Value.GetProperty("iteration").GetInt32();
            return Value.GetProperty("filters").EnumerateArray()
                .Select(entry => (entry.GetProperty("filter").GetInt32(), iteration));
        }
    }
}
