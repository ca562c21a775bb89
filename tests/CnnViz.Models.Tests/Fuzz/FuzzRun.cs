using System.Diagnostics;
using System.Globalization;

namespace CnnViz.Models.Tests.Fuzz;

/// <summary>Rounds of one subject: each damages the valid model by its seed and reads it, or must be refused.</summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>
    /// Most memory that reading may take, all told: this for the model's description, and so many times the size that the weights
    /// declare, as float32.
    /// </summary>
    private const long MostBytes = 2L * 1024 * 1024;
    private const int MostTimes = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-fuzz-").FullName;
    private readonly FuzzSubject _subject;
    private readonly IReadOnlyList<(string Name, byte[] Bytes)> _valid;
    private readonly long _usual;
    private long _declared;
    private double _mostTaken;
    private TimeSpan _slowest;

    public FuzzRun(FuzzSubject subject)
    {
        _subject = subject;
        _valid = subject.Files();
        foreach (var (name, bytes) in _valid)
        {
            File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        }

        Assert.True(ReadsOrRefuses($"{subject.Name}, undamaged"), $"{subject.Name} is no valid model");
        _usual = _declared;
    }

    /// <summary>Damaged models that were read all the same.</summary>
    public int Read { get; private set; }

    /// <summary>Damaged models that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Counts so far, in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_subject.Name}: {Read} read, {Refused} refused; for one at most {_slowest.TotalMilliseconds:0} ms and "
        + $"{_mostTaken:P0} of the memory it may take");

    /// <summary>One round; the same seed does the same. Only <see cref="ModelFormatException"/> may come of it.</summary>
    public void Round(int seed)
    {
        var what = $"{_subject.Name}, seed {seed}";
        var random = new Random(seed);
        File.WriteAllBytes(Path.Combine(_folder, _valid[0].Name), _subject.Damage(_valid[0].Bytes, random));
        var beside = _valid.Count > 1 && random.Next(4) == 0 ? 1 + random.Next(_valid.Count - 1) : 0;
        if (beside > 0)
        {
            File.WriteAllBytes(Path.Combine(_folder, _valid[beside].Name), ByteDamage.Apply(_valid[beside].Bytes, random));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        if (ReadsOrRefuses(what))
        {
            Read++;
        }
        else
        {
            Refused++;
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        var elapsed = Stopwatch.GetElapsedTime(start);
        var most = MostBytes + (MostTimes * Math.Max(_declared, _usual));
        (_mostTaken, _slowest) = (Math.Max(_mostTaken, taken / (double)most), elapsed > _slowest ? elapsed : _slowest);
        Assert.True(taken <= most, $"{what}: took {taken} bytes, more than {most}");
        if (beside > 0)
        {
            File.WriteAllBytes(Path.Combine(_folder, _valid[beside].Name), _valid[beside].Bytes);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Reads the model and works with all of it; true if that went through.</summary>
    private bool ReadsOrRefuses(string what)
    {
        _declared = 0;
        try
        {
            using var graph = _subject.Read(Path.Combine(_folder, _valid[0].Name));
            _ = ModelSummary.Create(graph, graph.Input.Height, graph.Input.Width).ToText();
            _ = graph.Digest;
            foreach (var weight in graph.Layers.SelectMany(layer => layer.Weights))
            {
                _declared += weight.ElementCount * sizeof(float);
                graph.Weights.Read(weight.Key, new float[weight.ElementCount]);
            }

            return true;
        }
        catch (ModelFormatException e)
        {
            Assert.True(e.Message.Length > 10, what);
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}: {e.GetType().Name} escaped", e);
        }
    }
}
