using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>A tensor as a client receives it.</summary>
internal sealed record Tensor(TensorHeader Header, float[] Values);

/// <summary>A client's reading of the contract's streams; every length and checksum is asserted.</summary>
internal static class Streams
{
    public static async Task<List<Tensor>> MapsAsync(
        this InferenceService.InferenceServiceClient client, FeatureMapsRequest request)
    {
        var tensors = new List<Tensor>();
        using var call = client.FeatureMaps(request);
        var assembly = new Assembly();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            assembly.Take(message.Tensor, message.Chunk, tensors);
        }

        return tensors;
    }

    public static async Task<List<Tensor>> WeightsAsync(
        this InferenceService.InferenceServiceClient client, FilterWeightsRequest request)
    {
        var tensors = new List<Tensor>();
        using var call = client.FilterWeights(request);
        var assembly = new Assembly();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            assembly.Take(message.Tensor, message.Chunk, tensors);
        }

        return tensors;
    }

    public static async Task<(List<MaximizationEvent> Events, List<Tensor> Images)> MaximizeAsync(
        this InferenceService.InferenceServiceClient client, MaximizeFilterRequest request)
    {
        var events = new List<MaximizationEvent>();
        var images = new List<Tensor>();
        using var call = client.MaximizeFilter(request);
        var assembly = new Assembly();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            events.Add(message.Event);
            assembly.Take(message.Event.Result?.Image ?? message.Event.Mask?.Mask, message.Event.Chunk, images);
        }

        return (events, images);
    }

    private sealed class Assembly
    {
        private TensorHeader? _header;
        private byte[] _bytes = [];
        private int _filled;

        public void Take(TensorHeader? header, TensorChunk? chunk, List<Tensor> into)
        {
            if (header is not null)
            {
                Assert.Null(_header);
                _header = header;
                _bytes = new byte[header.ByteLength];
                _filled = 0;
            }

            if (chunk is null)
            {
                return;
            }

            Assert.NotNull(_header);
            Assert.Equal((ulong)_filled, chunk.Offset);
            Assert.InRange(chunk.Data.Length, 1, 1024 * 1024);
            chunk.Data.Span.CopyTo(_bytes.AsSpan(_filled));
            _filled += chunk.Data.Length;
            if (_filled == _bytes.Length)
            {
                Assert.Equal(_header.Sha256.ToByteArray(), SHA256.HashData(_bytes));
                into.Add(new Tensor(_header, MemoryMarshal.Cast<byte, float>(_bytes).ToArray()));
                _header = null;
            }
        }
    }
}
