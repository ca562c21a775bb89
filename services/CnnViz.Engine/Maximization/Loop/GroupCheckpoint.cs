namespace CnnViz.Engine.Maximization;

/// <summary>
/// Where a group stands after a step. All that a step draws depends on the seed and the step's number, so a run that goes on from
/// here ends with the same bits as one that was never interrupted.
/// </summary>
/// <param name="Group">Which group of filters, from 0.</param>
/// <param name="Step">The step that ended; the number of steps once the group's results are out.</param>
/// <param name="Pictures">The group's pictures in order; empty once its results are out.</param>
public sealed record GroupCheckpoint(int Group, int Step, IReadOnlyList<PictureState> Pictures);

/// <summary>What the next steps of one picture depend on.</summary>
/// <param name="Parameters">What the optimiser changes.</param>
/// <param name="Optimizer">The optimiser's own memory.</param>
/// <param name="Mask">The gradient's sum per pixel so far; empty where no mask was asked for.</param>
/// <param name="HadGradient">Whether any step had a gradient of the network's own.</param>
public sealed record PictureState(
    ReadOnlyMemory<float> Parameters, ReadOnlyMemory<float> Optimizer, ReadOnlyMemory<float> Mask, bool HadGradient);

/// <summary>
/// A group can be taken up from here; only where <see cref="RunSettings.CheckpointInterval"/> asks for it. It comes after the
/// events of the steps that it stands for.
/// </summary>
/// <param name="State">The group's state, the receiver's to keep.</param>
public sealed record MaximizationCheckpoint(GroupCheckpoint State) : MaximizationEvent;

/// <summary>What is known of a run that was interrupted and goes on.</summary>
/// <param name="Groups">The last checkpoint of each group that has one; the others begin anew.</param>
/// <param name="Finished">Pictures whose results are out; groups of nothing else are not computed again.</param>
/// <param name="ZeroGradientFilters">Of these, the filters whose gradient was 0 at every step.</param>
public sealed record RunResume(
    IReadOnlyList<GroupCheckpoint> Groups,
    IReadOnlySet<(int Filter, int Variant)> Finished,
    IReadOnlyList<int> ZeroGradientFilters);
