using CnnViz.Engine.Maximization;
using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Normalization;
using CnnViz.Models;
using Google.Protobuf;
using Event = CnnViz.V1.MaximizationEvent;

namespace CnnViz.Inference.Responses;

/// <summary>A run's events as the contract's messages, numbered from 1 without gaps.</summary>
internal sealed class MaximizationEvents(string runId, ModelGraph graph)
{
    private MaximizationRecipe _recipe;
    private int _steps;
    private ulong _sequence;

    /// <summary>The messages for one event: one, or for a result its header and chunks.</summary>
    public IEnumerable<Event> Messages(MaximizationEvent happened)
    {
        switch (happened)
        {
            case MaximizationStarted started:
                (_recipe, _steps) = (started.Options.Recipe, started.Options.Steps);
                yield return Number(new Event { Started = Started(started) });
                break;
            case MaximizationProgress progress:
                yield return Number(new Event { Progress = Progress(progress) });
                break;
            case MaximizationPreview preview:
                yield return Number(new Event { Preview = Preview(preview) });
                break;
            case MaximizationResult result:
                var image = result.ZeroGradient
                    ? null
                    : WireTensor.Float32($"filter {result.Filter}", result.Shape.Dims, "CHW", result.Image.Span);
                yield return Number(new Event { Result = Result(result, image?.Header) });
                foreach (var chunk in image?.Chunks() ?? [])
                {
                    yield return Number(new Event { Chunk = chunk });
                }

                foreach (var part in Mask(result))
                {
                    yield return Number(part);
                }

                break;
            case MaximizationCompleted completed:
                var message = new V1.MaximizationCompleted
                {
                    Seconds = completed.Elapsed.TotalSeconds,
                    ImageSteps = completed.ImageSteps,
                };
                message.ZeroGradientFilters.AddRange(completed.ZeroGradientFilters);
                yield return Number(new Event { Completed = message });
                break;
        }
    }

    private V1.MaximizationStarted Started(MaximizationStarted started)
    {
        var options = started.Options;
        var message = new V1.MaximizationStarted
        {
            Execution = Executions.Of(
                graph, new ExecutedBy(started.Engine, started.Device, started.Precision, started.Threads), [options.Layer]),
            Layer = options.Layer,
            Recipe = options.Recipe switch
            {
                MaximizationRecipe.Keras => "keras",
                MaximizationRecipe.Maco => "maco",
                _ => "lucid",
            },
            Height = options.Height,
            Width = options.Width,
            Steps = options.Steps,
            LearningRate = options.LearningRate,
            Seed = options.Seed,
            Batch = started.Batch,
            Variants = options.Diversity.Variants,
        };
        message.LayerShape.AddRange(started.LayerShape.Dims.Select(extent => (long)extent));
        message.Filters.AddRange(options.Filters);
        return message;
    }

    private V1.MaximizationProgress Progress(MaximizationProgress progress)
    {
        var message = new V1.MaximizationProgress
        {
            Iteration = progress.Iteration,
            Steps = _steps,
            Fraction = progress.Fraction,
        };
        message.Filters.AddRange(progress.Filters.Select(filter => new V1.FilterProgress
        {
            Filter = filter.Filter,
            Objective = filter.Objective,
            GradientNorm = filter.GradientNorm,
            Variant = filter.Variant,
        }));
        return message;
    }

    private static V1.MaximizationResult Result(MaximizationResult result, V1.TensorHeader? image)
    {
        var message = new V1.MaximizationResult
        {
            Filter = result.Filter,
            Variant = result.Variant,
            Objective = result.Objective,
            ZeroGradient = result.ZeroGradient,
            Image = image,
        };
        if (result.Quality is { } quality)
        {
            message.QualityReference = quality.Reference;
            message.QualityActivation = quality.Activation;
            message.QualityTransformedActivation = quality.TransformedActivation;
            if (quality is { Clean: { } clean, Transformed: { } transformed })
            {
                (message.QualityClean, message.QualityTransformed) = (clean, transformed);
            }
        }

        return message;
    }

    /// <summary>The mask's header and chunks, where there is one.</summary>
    private static IEnumerable<Event> Mask(MaximizationResult result)
    {
        if (result.Mask.IsEmpty)
        {
            yield break;
        }

        int[] shape = [result.Shape.Height, result.Shape.Width];
        var tensor = WireTensor.Float32($"mask of filter {result.Filter}", shape, "HW", result.Mask.Span);
        yield return new Event
        {
            Mask = new V1.MaximizationMask { Filter = result.Filter, Variant = result.Variant, Mask = tensor.Header },
        };
        foreach (var chunk in tensor.Chunks())
        {
            yield return new Event { Chunk = chunk };
        }
    }

    private V1.MaximizationPreview Preview(MaximizationPreview preview)
    {
        var (channels, height, width) = (preview.Shape.Channels, preview.Shape.Height, preview.Shape.Width);
        var values = preview.Image.Span;
        var raster = _recipe == MaximizationRecipe.Keras
            ? KerasDeprocess.ToPicture(values, width, height, channels, PixelLayout.ChannelsFirst, new() { Crop = 0 }).Raster
            : UnitRange.ToPicture(values, width, height, channels, PixelLayout.ChannelsFirst).Raster;
        return new V1.MaximizationPreview
        {
            Filter = preview.Filter,
            Iteration = preview.Iteration,
            Variant = preview.Variant,
            Width = width,
            Height = height,
            Png = UnsafeByteOperations.UnsafeWrap(PngEncoder.Encode(raster)),
        };
    }

    private Event Number(Event message)
    {
        message.RunId = runId;
        message.Sequence = ++_sequence;
        return message;
    }
}
