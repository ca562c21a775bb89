using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Which cells of one axis each cell of another is a weighted sum of.</summary>
internal sealed class ResizeTaps
{
    private readonly (int Cell, float Weight)[][] _taps;

    private ResizeTaps((int Cell, float Weight)[][] taps) => _taps = taps;

    public static ResizeTaps Create(ResizeOp op, int inExtent, int outExtent, double scale)
    {
        var table = ResizeTable.Create(op, inExtent, outExtent, scale);
        return new ResizeTaps([.. Enumerable.Range(0, outExtent).Select(cell => table.Cells
            .Select((cells, tap) => (Cell: (int)cells[cell], Weight: table.Weights.Length == 0 ? 1 : table.Weights[tap][cell]))
            .GroupBy(tap => tap.Cell)
            .Select(group => (group.Key, group.Sum(tap => tap.Weight)))
            .Where(tap => tap.Item2 != 0)
            .ToArray())]);
    }

    /// <summary>The cells that some cells of the result need; at least one.</summary>
    public (int First, int End) Span(int first, int end)
    {
        var cells = _taps[first..end].SelectMany(taps => taps).Select(tap => tap.Cell).DefaultIfEmpty(0).ToList();
        return (cells.Min(), cells.Max() + 1);
    }

    /// <summary>The shim's table, from one region's cells to another's.</summary>
    public float[] Table(int outFirst, int outEnd, int inFirst) =>
        Flatten(_taps[outFirst..outEnd].Select(taps => taps.Select(tap => (tap.Cell - inFirst, tap.Weight))));

    /// <summary>The table of the gradient: what each input cell gathers from the result's cells.</summary>
    public float[] Transposed(int outFirst, int outEnd, int inFirst, int inEnd)
    {
        var gathered = Enumerable.Range(0, inEnd - inFirst).Select(_ => new List<(int, float)>()).ToArray();
        for (var cell = outFirst; cell < outEnd; cell++)
        {
            foreach (var (source, weight) in _taps[cell])
            {
                gathered[source - inFirst].Add((cell - outFirst, weight));
            }
        }

        return Flatten(gathered);
    }

    private static float[] Flatten(IEnumerable<IEnumerable<(int Cell, float Weight)>> rows) =>
        [.. rows.SelectMany(row => row.SelectMany(tap => new[] { tap.Cell, tap.Weight }).Prepend(row.Count()))];
}
