using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A stream as pipes, for connections that are no plain socket: TLS, tunnels.</summary>
public static class StreamConnection
{
    public static IDuplexPipe GetDuplex(
        Stream stream, PipeOptions? sendPipeOptions = null, PipeOptions? receivePipeOptions = null, string? name = null)
    {
        _ = name;
        return new StreamPipes(GetReader(stream, receivePipeOptions), PipeWriter.Create(
            stream, new StreamPipeWriterOptions(sendPipeOptions?.Pool)));
    }

    public static PipeReader GetReader(Stream stream, PipeOptions? pipeOptions = null, string? name = null)
    {
        _ = name;
        return PipeReader.Create(stream, new StreamPipeReaderOptions(pipeOptions?.Pool));
    }

    private sealed class StreamPipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
