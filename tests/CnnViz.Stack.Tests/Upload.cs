using System.Security.Cryptography;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>A model on its way to the service; tests change what they want to see refused.</summary>
internal sealed class Upload
{
    public const int ChunkBytes = 1 << 20;

    private Upload(ModelUpload header, List<byte[]> files) => (Header, Files) = (header, files);

    public ModelUpload Header { get; }

    public List<byte[]> Files { get; }

    /// <summary>A network of the repository's models/, under another name.</summary>
    public static Upload Of(string model, string name, params string[] files)
    {
        var upload = new Upload(new ModelUpload { Name = name, Metadata = new ModelMetadata() }, []);
        foreach (var file in files.Length > 0 ? files : ["model.json", "weights.bin"])
        {
            upload.Add(file, File.ReadAllBytes(Path.Combine(RepositoryPaths.Models, model, file)));
        }

        return upload;
    }

    /// <summary>A model of one file.</summary>
    public static Upload Single(string name, string file, byte[] bytes)
    {
        var upload = new Upload(new ModelUpload { Name = name }, []);
        upload.Add(file, bytes);
        return upload;
    }

    public void Add(string name, byte[] bytes)
    {
        Files.Add(bytes);
        var digest = ByteString.CopyFrom(SHA256.HashData(bytes));
        Header.Files.Add(new ModelFile { Name = name, ByteLength = bytes.Length, Sha256 = digest });
    }

    /// <summary>The messages in order.</summary>
    public IEnumerable<RegisterModelRequest> Messages()
    {
        yield return new RegisterModelRequest { Header = Header };
        for (var i = 0; i < Files.Count; i++)
        {
            for (var offset = 0; offset < Files[i].Length; offset += ChunkBytes)
            {
                yield return Chunk(i, offset, Files[i].AsSpan(offset, Math.Min(ChunkBytes, Files[i].Length - offset)));
            }
        }
    }

    public static RegisterModelRequest Chunk(int file, long offset, ReadOnlySpan<byte> bytes) =>
        new() { Chunk = new ModelFileChunk { File = file, Offset = offset, Data = ByteString.CopyFrom(bytes) } };

    public Task<RegisterModelResponse> SendAsync(ModelService.ModelServiceClient client) => SendAsync(client, Messages());

    public static async Task<RegisterModelResponse> SendAsync(
        ModelService.ModelServiceClient client, IEnumerable<RegisterModelRequest> messages)
    {
        using var call = client.RegisterModel();
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The service refused before all was sent; its answer says why.
        }

        return await call.ResponseAsync;
    }
}
