namespace CnnViz.Engine.Maximization;

/// <summary>
/// A high percentile of many values of which only the largest are kept: linear between the two nearest values, as numpy's
/// default.
/// </summary>
internal sealed class LargestValues
{
    private readonly PriorityQueue<float, float> _values;
    private readonly int _capacity;
    private readonly double _fraction;

    /// <param name="count">How many values there will be.</param>
    /// <param name="share">The percentile as a share, 0.999 for the 99.9th.</param>
    public LargestValues(long count, double share)
    {
        var position = share * (count - 1);
        _capacity = (int)(count - (long)position);
        _fraction = position - (long)position;
        _values = new PriorityQueue<float, float>(_capacity);
    }

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (_values.Count < _capacity)
            {
                _values.Enqueue(value, value);
            }
            else if (value > _values.Peek())
            {
                _values.DequeueEnqueue(value, value);
            }
        }
    }

    /// <summary>The percentile, once all values were added.</summary>
    public double Finish()
    {
        var lower = _values.Dequeue();
        return _values.Count == 0 ? lower : lower + (_fraction * ((double)_values.Peek() - lower));
    }
}
