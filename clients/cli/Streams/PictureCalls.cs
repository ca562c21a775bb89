using System.Runtime.CompilerServices;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Cli.Streams;

/// <summary>The render service's calls as sequences of whole pictures.</summary>
internal static class PictureCalls
{
    /// <summary>A layer's weights as a picture.</summary>
    public static async Task<ReceivedPicture> FiltersAsync(
        RenderService.RenderServiceClient client, RenderFiltersRequest request, CancellationToken cancellation)
    {
        using var call = client.RenderFilters(request, cancellationToken: cancellation);
        var assembler = new PictureAssembler();
        ReceivedPicture? picture = null;
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
            picture = Take(assembler, message.Picture, message.Chunk) ?? picture;
        return Only(assembler, picture);
    }

    /// <summary>One picture per layer, each as soon as it is there.</summary>
    public static async IAsyncEnumerable<ReceivedPicture> FeatureMapsAsync(
        RenderService.RenderServiceClient client,
        RenderFeatureMapsRequest request,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var call = client.RenderFeatureMaps(request, cancellationToken: cancellation);
        var assembler = new PictureAssembler();
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            if (Take(assembler, message.Picture, message.Chunk) is { } picture)
                yield return picture;
        }

        assembler.RequireComplete();
    }

    /// <summary>A maximization's last picture: the animation if the request asks for one, else the stitched picture.</summary>
    /// <param name="client">The render service.</param>
    /// <param name="request">What to search for.</param>
    /// <param name="onEvent">Takes the run's events as they happen.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static async Task<ReceivedPicture> MaximizationAsync(
        RenderService.RenderServiceClient client,
        RenderMaximizationRequest request,
        Action<MaximizationEvent> onEvent,
        CancellationToken cancellation)
    {
        using var call = client.RenderMaximization(request, cancellationToken: cancellation);
        var assembler = new PictureAssembler();
        ReceivedPicture? picture = null;
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            if (message.Event is { } happened)
                onEvent(happened);
            else
                picture = Take(assembler, message.Picture, message.Chunk) ?? picture;
        }

        return Only(assembler, picture);
    }

    // A message that carries neither is newer than this client and is passed over.
    private static ReceivedPicture? Take(PictureAssembler assembler, PictureHeader? header, PictureChunk? chunk)
    {
        if (header is not null)
            assembler.Begin(header);
        return chunk is null ? null : assembler.Add(chunk);
    }

    private static ReceivedPicture Only(PictureAssembler assembler, ReceivedPicture? picture)
    {
        assembler.RequireComplete();
        return picture ?? throw new DamagedStreamException("it ended without a picture");
    }
}
