namespace CnnViz.Cli.Stack;

/// <summary>The last lines of a process's output, for the case that it fails. Safe for several writers.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class LastLines(int capacity)
{
    private readonly Queue<string> _lines = new(capacity);

    /// <summary>Adds a line; the oldest falls out when there are too many.</summary>
    public void Add(string line)
    {
        lock (_lines)
        {
            if (_lines.Count == capacity)
                _lines.Dequeue();
            _lines.Enqueue(line);
        }
    }

    /// <summary>The lines kept, oldest first, indented; empty if there are none.</summary>
    public override string ToString()
    {
        lock (_lines)
            return string.Concat(_lines.Select(line => $"\n  {line}"));
    }
}
