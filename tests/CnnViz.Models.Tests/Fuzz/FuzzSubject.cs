namespace CnnViz.Models.Tests.Fuzz;

/// <summary>A reader and a valid model to damage.</summary>
/// <param name="Name">The reader and the model, for messages.</param>
/// <param name="Files">The valid model: the file that is read first, then those beside it.</param>
/// <param name="Damage">Damages the first file's bytes; those beside it get <see cref="ByteDamage"/>, now and then.</param>
/// <param name="Read">The reader.</param>
internal sealed record FuzzSubject(
    string Name,
    Func<IReadOnlyList<(string Name, byte[] Bytes)>> Files,
    Func<byte[], Random, byte[]> Damage,
    Func<string, ModelGraph> Read)
{
    public override string ToString() => Name;
}
