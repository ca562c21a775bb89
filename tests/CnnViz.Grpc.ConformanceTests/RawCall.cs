using System.Buffers.Binary;
using System.Net;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>One response message as it was framed.</summary>
internal sealed record RawMessage(bool Compressed, byte[] Bytes);

/// <summary>A gRPC call over plain HTTP/2, so that what is on the wire can be seen and chosen.</summary>
internal sealed record RawCall(
    HttpStatusCode HttpStatus, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Trailers, IReadOnlyList<RawMessage> Messages)
{
    /// <summary>The code in <c>grpc-status</c>, which a call without messages carries in its headers.</summary>
    public StatusCode Status =>
        (StatusCode)int.Parse(
            Trailers.GetValueOrDefault("grpc-status") ?? Headers["grpc-status"], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The undecoded <c>grpc-message</c>.</summary>
    public string? Message => Trailers.GetValueOrDefault("grpc-message") ?? Headers.GetValueOrDefault("grpc-message");

    /// <summary>Sends one framed message and reads the whole response.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="path">The method's path.</param>
    /// <param name="message">The message's bytes as they go on the wire.</param>
    /// <param name="encoding">Sent as <c>grpc-encoding</c>, and sets the frame's compressed flag; null for neither.</param>
    public static async Task<RawCall> SendAsync(Uri server, string path, ReadOnlyMemory<byte> message, string? encoding = null)
    {
        byte[] frame = new byte[5 + message.Length];
        frame[0] = encoding is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsMemory(5));

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } },
        };
        request.Headers.TE.Add(new("trailers"));
        request.Headers.Add("grpc-accept-encoding", "identity,gzip");
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);

        using HttpResponseMessage response = await client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return new RawCall(response.StatusCode, Flatten(response.Headers), Flatten(response.TrailingHeaders), Unframe(body));
    }

    private static Dictionary<string, string> Flatten(System.Net.Http.Headers.HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private static List<RawMessage> Unframe(ReadOnlySpan<byte> body)
    {
        List<RawMessage> messages = [];
        while (body.Length > 0)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(body[1..]);
            messages.Add(new RawMessage(body[0] == 1, body.Slice(5, length).ToArray()));
            body = body[(5 + length)..];
        }

        return messages;
    }
}
