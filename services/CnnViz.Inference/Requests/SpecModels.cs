using System.Security.Cryptography;
using CnnViz.Models;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Inference.Requests;

/// <summary>
/// The networks of specs, the most recently used of them kept: the same spec gives the same graph, so that what is compiled for
/// it serves the next request too. Safe for concurrent use.
/// </summary>
/// <param name="capacity">Networks kept; at least 1.</param>
internal sealed class SpecModels(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, ModelGraph Graph)>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, ModelGraph Graph)> _recent = new();

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every field that makes no network.</exception>
    public ModelGraph Graph(SequentialSpec spec)
    {
        // No maps and no unknown fields enter the bytes' order, so equal specs have equal bytes.
        var key = Convert.ToHexStringLower(SHA256.HashData(spec.ToByteArray()));
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out var known))
            {
                _recent.Remove(known);
                _recent.AddFirst(known);
                return known.Value.Graph;
            }
        }

        var graph = SpecReader.Read(spec);
        lock (_gate)
        {
            // Another call may have built it meanwhile: all callers get the one that came first.
            if (_byKey.TryGetValue(key, out var first))
            {
                return first.Value.Graph;
            }

            _byKey[key] = _recent.AddFirst((key, graph));
            if (_recent.Count > capacity)
            {
                // Calls may still be using it. It holds no file or device memory, so it needs no disposal.
                _byKey.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }

            return graph;
        }
    }
}
