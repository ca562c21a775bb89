using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Evaluates every op case with the float64 reference once, in one process.</summary>
public sealed class ReferenceFixture : IDisposable
{
    public const int Batch = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-reference-").FullName;
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    public ReferenceFixture()
    {
        var jobs = OpCases.All.Keys.Select(
            (name, index) => (Name: name, Folder: Path.Combine(_folder, $"{index}"), Graph: OpCases.Build(name))).ToList();
        var written = new Dictionary<string, (ReferenceJob Job, float[] Images, float[] Cotangent)>(StringComparer.Ordinal);
        foreach (var (name, folder, graph) in jobs)
        {
            var target = graph.Layers[^1].Name;
            var shape = ShapeInference.Infer(graph, OpCases.Height, OpCases.Width)[target];
            var images = Parity.RandomValues(Batch * OpCases.Channels * OpCases.Height * OpCases.Width, 7);
            var cotangent = Parity.RandomValues(Batch * (int)shape.ElementCount, 8);
            written.Add(name, (ReferenceJob.Write(folder, graph, OpCases.Height, OpCases.Width, images, [(target, cotangent)]), images, cotangent));
        }

        ReferenceJob.Run(jobs.Select(job => job.Folder));
        foreach (var (name, (job, images, cotangent)) in written)
        {
            _answers.Add(name, new Answer(images, cotangent, job.Activation(0), job.Gradient()));
        }
    }

    public Answer this[string name] => _answers[name];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A case's images and cotangent, and the reference's activation and input gradient.</summary>
    public sealed record Answer(float[] Images, float[] Cotangent, double[] Activation, double[] Gradient);
}
