namespace CnnViz.Models.Tests.Fuzz;

/// <summary>Rounds of one subject: each damages the valid model by its seed and reads it, or must be refused.</summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>
    /// Most memory that reading may take, whatever a file claims: this, and so many times the valid files' size.
    /// </summary>
    private const long MostBytes = 64L * 1024 * 1024;
    private const int MostTimes = 32;

    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-fuzz-").FullName;
    private readonly FuzzSubject _subject;
    private readonly IReadOnlyList<(string Name, byte[] Bytes)> _valid;
    private readonly long _most;

    public FuzzRun(FuzzSubject subject)
    {
        _subject = subject;
        _valid = subject.Files();
        _most = MostBytes + (MostTimes * _valid.Sum(file => (long)file.Bytes.Length));
        foreach (var (name, bytes) in _valid)
        {
            File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        }

        Assert.True(ReadsOrRefuses($"{subject.Name}, undamaged"), $"{subject.Name} is no valid model");
    }

    /// <summary>Damaged models that were read all the same.</summary>
    public int Read { get; private set; }

    /// <summary>Damaged models that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Counts so far, in words.</summary>
    public override string ToString() => $"{_subject.Name}: {Read} read, {Refused} refused";

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
        if (ReadsOrRefuses(what))
        {
            Read++;
        }
        else
        {
            Refused++;
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken <= _most, $"{what}: took {taken} bytes, more than {_most}");
        if (beside > 0)
        {
            File.WriteAllBytes(Path.Combine(_folder, _valid[beside].Name), _valid[beside].Bytes);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Reads the model and works with all of it; true if that went through.</summary>
    private bool ReadsOrRefuses(string what)
    {
        try
        {
            using var graph = _subject.Read(Path.Combine(_folder, _valid[0].Name));
            _ = ModelSummary.Create(graph, graph.Input.Height, graph.Input.Width).ToText();
            _ = graph.Digest;
            foreach (var weight in graph.Layers.SelectMany(layer => layer.Weights))
            {
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
