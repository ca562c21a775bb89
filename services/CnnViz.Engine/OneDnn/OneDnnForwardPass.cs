using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plan;

namespace CnnViz.Engine.OneDnn;

/// <summary>Images one after another, each on a lane of its own, which keeps what the way back needs.</summary>
internal sealed class OneDnnForwardPass : IForwardPass
{
    private readonly OneDnnCompiledModel _model;
    private readonly OneDnnProgram _program;
    private readonly bool _withGradient;
    private readonly ShimLane[] _lanes;
    private bool _swept;
    private bool _disposed;

    public OneDnnForwardPass(OneDnnCompiledModel model, OneDnnProgram program, ReadOnlySpan<float> images, int batch, bool withGradient)
    {
        (_model, _program, _withGradient) = (model, program, withGradient);
        _lanes = new ShimLane[batch];
        var perImage = images.Length / batch;
        try
        {
            for (var i = 0; i < batch; i++)
            {
                _lanes[i] = program.Rent();
                Region(program.Schedule.Picture).CopyOut(
                    images.Slice(i * perImage, perImage), Values(i, program.Schedule.PictureBuffer));
                program.RunForward(_lanes[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Batch => _lanes.Length;

    public void CopyActivation(string layer, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var (value, perImage) = Target(layer, destination.Length);
        for (var i = 0; i < _lanes.Length; i++)
        {
            Read(i, value, _program.Schedule.Readings[value], destination.Slice(i * perImage, perImage));
        }
    }

    public void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_withGradient || _swept)
        {
            throw new InvalidOperationException(_swept ? "Backward was called before." : "The pass was made without gradient.");
        }

        var perImage = checked((int)_model.InputShape.ElementCount);
        if (inputGradient.Length != _lanes.Length * perImage)
        {
            throw new ArgumentException(
                $"{_lanes.Length} images of {_model.InputShape} have {_lanes.Length * perImage} values, not {inputGradient.Length}",
                nameof(inputGradient));
        }

        var given = cotangents.Select(pair => (Cotangent: pair.Value, Target: Target(pair.Key, pair.Value.Length))).ToList();
        _swept = true;
        if (given.Count == 0)
        {
            inputGradient.Clear();
            return;
        }

        var schedule = _program.Schedule;
        for (var i = 0; i < _lanes.Length; i++)
        {
            foreach (var (value, buffer) in schedule.Cotangents)
            {
                Sum(i, value, Values(i, buffer), given);
            }

            _program.RunBackward(_lanes[i]);
            Region(schedule.Picture).CopyIn(
                Values(i, schedule.PictureGradient!), inputGradient.Slice(i * perImage, perImage));
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            foreach (var lane in _lanes)
            {
                if (lane is not null)
                {
                    _program.Return(lane);
                }
            }
        }
    }

    /// <summary>One target's cotangents of one image; two names may mean one value.</summary>
    private static void Sum(
        int image, PlanValue value, Span<float> destination, List<(ReadOnlyMemory<float> Cotangent, (PlanValue Value, int PerImage) Target)> given)
    {
        var first = true;
        foreach (var (cotangent, target) in given)
        {
            if (target.Value != value)
            {
                continue;
            }

            var source = cotangent.Span.Slice(image * target.PerImage, target.PerImage);
            if (first)
            {
                Region(value).CopyOut(source, destination);
                first = false;
            }
            else
            {
                var more = new float[destination.Length];
                Region(value).CopyOut(source, more);
                System.Numerics.Tensors.TensorPrimitives.Add(destination, more, destination);
            }
        }

        if (first)
        {
            destination.Clear();
        }
    }

    private void Read(int image, PlanValue value, PlanBuffer buffer, Span<float> destination)
    {
        var region = Region(value);
        if (!value.Blocked)
        {
            region.CopyIn(Values(image, buffer), destination);
            return;
        }

        if (region.IsWhole)
        {
            _lanes[image].Export(value.Channels, value.Height, value.Width, buffer.Offset, destination);
            return;
        }

        var part = new float[value.Count];
        _lanes[image].Export(value.Channels, value.Height, value.Width, buffer.Offset, part);
        region.CopyIn(part, destination);
    }

    private static RegionCopy Region(PlanValue value) => new(value.Shape, value.Region);

    private unsafe Span<float> Values(int image, PlanBuffer buffer)
        => new(_lanes[image].Floats(buffer.Offset), checked((int)(buffer.Bytes / sizeof(float))));

    private (PlanValue Value, int PerImage) Target(string layer, int length)
    {
        if (!_model.TargetShapes.TryGetValue(layer, out var shape))
        {
            throw new ArgumentException(
                $"'{layer}' is no target of this pass; the targets are {string.Join(", ", _model.TargetShapes.Keys)}", nameof(layer));
        }

        var perImage = checked((int)shape.ElementCount);
        return length == _lanes.Length * perImage
            ? (_program.Schedule.Targets[layer], perImage)
            : throw new ArgumentException(
                $"{_lanes.Length} activations of '{layer}' have {_lanes.Length * perImage} values, not {length}", nameof(layer));
    }
}
