using CnnViz.Cli.Output;
using CnnViz.Cli.Pull;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cli.Commands.Models;

/// <summary>Uploads a model to a running service.</summary>
internal static class ModelUploader
{
    private const int ChunkBytes = 1 << 20;

    public static async Task RunAsync(Session session, AddedModel model)
    {
        var header = await HeaderAsync(model, session.Cancellation);
        var total = header.Files.Sum(file => file.ByteLength);
        using var call = session.Connection.Models.RegisterModel(cancellationToken: session.Cancellation);
        var answer = await session.Output.TransferAsync($"uploading {model.Name}", async progress =>
        {
            try
            {
                await call.RequestStream.WriteAsync(new RegisterModelRequest { Header = header }, session.Cancellation);
                var sent = 0L;
                for (var i = 0; i < model.Files.Count; i++)
                {
                    sent = await SendAsync(
                        call.RequestStream, model.Files[i], i, sent, total, progress, session.Cancellation);
                }

                await call.RequestStream.CompleteAsync();
            }
            catch (Exception e) when (e is Grpc.Core.RpcException or InvalidOperationException)
            {
                // The service refused before all was sent; its answer says why.
            }

            return await call.ResponseAsync;
        });
        session.Output.Result(
            answer,
            ModelsAddCommand.Describe(answer.Name, answer.Layers, answer.TotalParameters, answer.Digest, [.. answer.Unsupported]));
    }

    private static async Task<ModelUpload> HeaderAsync(AddedModel model, CancellationToken cancellation)
    {
        var header = new ModelUpload
        {
            Name = model.Name,
            Metadata = new ModelMetadata
            {
                Description = model.Options.Description,
                Order = model.Options.Order switch
                {
                    CnnViz.Models.ChannelOrder.Gray => ChannelOrder.Gray,
                    CnnViz.Models.ChannelOrder.Rgb => ChannelOrder.Rgb,
                    CnnViz.Models.ChannelOrder.Bgr => ChannelOrder.Bgr,
                    CnnViz.Models.ChannelOrder.Rgba => ChannelOrder.Rgba,
                    _ => ChannelOrder.Unspecified,
                },
                Architecture = model.Architecture ?? "",
                Mean = { model.Options.Mean ?? [] },
                Std = { model.Options.Std ?? [] },
                Labels = { model.Options.Labels },
            },
        };
        foreach (var file in model.Files)
        {
            var digests = await FileDigests.OfAsync(file.FullName, cancellation);
            header.Files.Add(new ModelFile
            {
                Name = file.Name,
                ByteLength = digests.Bytes,
                Sha256 = ByteString.CopyFrom(Convert.FromHexString(digests.Sha256)),
            });
        }

        return header;
    }

    private static async Task<long> SendAsync(
        Grpc.Core.IClientStreamWriter<RegisterModelRequest> stream,
        FileInfo file,
        int index,
        long sent,
        long total,
        IProgress<TransferProgress> progress,
        CancellationToken cancellation)
    {
        await using var bytes = file.OpenRead();
        var buffer = new byte[ChunkBytes];
        var offset = 0L;
        for (int count; (count = await bytes.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancellation)) > 0;)
        {
            var chunk = new ModelFileChunk { File = index, Offset = offset, Data = ByteString.CopyFrom(buffer, 0, count) };
            await stream.WriteAsync(new RegisterModelRequest { Chunk = chunk }, cancellation);
            offset += count;
            progress.Report(new TransferProgress(sent + offset, total));
        }

        return sent + offset;
    }
}
