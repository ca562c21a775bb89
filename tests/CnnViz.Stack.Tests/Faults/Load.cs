using System.Text.Json;
using System.Text.Json.Serialization;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>What a load client says at its end (load.mjs, load.py).</summary>
/// <param name="Calls">Calls made.</param>
/// <param name="Again">Streams that broke after they had begun and were asked for once more.</param>
/// <param name="Failed">Calls that failed, and how.</param>
/// <param name="Wrong">Kinds whose answer was another than before.</param>
/// <param name="Answers">Each kind's answer.</param>
/// <param name="WorstMs">The longest call in milliseconds.</param>
internal sealed record Load(
    int Calls,
    int Again,
    IReadOnlyList<string> Failed,
    IReadOnlyList<string> Wrong,
    IReadOnlyDictionary<string, string> Answers,
    [property: JsonPropertyName("worst_ms")] double WorstMs)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Starts the two load clients, and waits until their calls flow.</summary>
    /// <param name="endpoints">The replicas.</param>
    /// <param name="parallel">Calls of each client at a time.</param>
    public static async Task<IReadOnlyList<ClientProcess>> StartAsync(string endpoints, int parallel)
    {
        var picture = Path.Combine(RepositoryPaths.Photos, "chelsea.png");
        var (clients, calls) = (Path.Combine(RepositoryPaths.Root, "clients"), $"{parallel}");
        ClientProcess[] load =
        [
            await ClientProcess.NodeAsync(
                ClientProcess.Beside("load.mjs"),
                Path.Combine(clients, "node"), Path.Combine(RepositoryPaths.Root, "protos"), picture, calls, endpoints),
            ClientProcess.Python(ClientProcess.Beside("load.py"), Path.Combine(clients, "python"), picture, calls, endpoints),
        ];
        await Task.WhenAll(load.Select(client => client.WhenAsync(line => line == "flowing")));
        return load;
    }

    /// <summary>Ends the clients: none of their calls failed, and both got the same answers.</summary>
    public static async Task<IReadOnlyList<Load>> EndAsync(IReadOnlyList<ClientProcess> clients)
    {
        var said = new List<Load>();
        foreach (var client in clients)
        {
            said.Add(JsonSerializer.Deserialize<Load>(await client.EndAsync(tell: true), _json)!);
            Assert.True(said[^1].Failed.Count == 0, string.Join('\n', said[^1].Failed.Distinct()) + client.Errors);
            Assert.Empty(said[^1].Wrong);
            Assert.Equal(6, said[^1].Answers.Count);
            Assert.Equal(said[0].Answers, said[^1].Answers);
        }

        return said;
    }
}
