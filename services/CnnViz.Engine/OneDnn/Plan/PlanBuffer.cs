using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>A piece of the arena. Others may use its place before its first step and after its last.</summary>
internal sealed class PlanBuffer(long bytes, ShimType type)
{
    public long Bytes { get; } = bytes;

    public ShimType Type { get; } = type;

    /// <summary>Whether it lives through all steps: what the caller writes or reads.</summary>
    public bool Pinned { get; set; }

    /// <summary>Where it lies, in bytes; set once all steps are known.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>The first step that touches it.</summary>
    public int First { get; set; } = int.MaxValue;

    /// <summary>The last step that touches it.</summary>
    public int Last { get; set; } = -1;
}

/// <summary>One step of a schedule.</summary>
/// <param name="Touches">The buffers it reads or writes.</param>
internal abstract record PlanStep(PlanBuffer[] Touches);

/// <summary>A step of the native program.</summary>
/// <param name="Touches">The buffers it reads or writes.</param>
/// <param name="Add">Appends it to the program once the buffers have places.</param>
internal sealed record NativeStep(PlanBuffer[] Touches, Action<ShimProgram> Add) : PlanStep(Touches);

/// <summary>A step in C#.</summary>
/// <param name="Touches">The buffers it reads or writes.</param>
/// <param name="Run">Runs it on a lane.</param>
internal sealed record PlainStep(PlanBuffer[] Touches, Action<ShimLane> Run) : PlanStep(Touches);
