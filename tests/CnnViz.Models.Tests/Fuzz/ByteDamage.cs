namespace CnnViz.Models.Tests.Fuzz;

/// <summary>A few random edits of a file's bytes, whatever they mean.</summary>
internal static class ByteDamage
{
    public static byte[] Apply(byte[] bytes, Random random)
    {
        if (random.Next(8) == 0)
        {
            return bytes[..random.Next(bytes.Length)];
        }

        var copy = bytes.ToList();
        for (var edits = random.Next(1, 4); edits > 0 && copy.Count > 0; edits--)
        {
            var at = random.Next(copy.Count);
            switch (random.Next(6))
            {
                case 0: copy[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: copy[at] = (byte)random.Next(256); break;
                case 2: copy[at] = (byte)random.Next(' ', '~'); break;
                case 3: copy.RemoveRange(at, Math.Min(random.Next(1, 16), copy.Count - at)); break;
                case 4: copy.InsertRange(at, Enumerable.Range(0, random.Next(1, 12)).Select(_ => (byte)random.Next(256))); break;
                default: copy[at] = 0xFF; break;
            }
        }

        return [.. copy];
    }
}
