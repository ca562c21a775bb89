using CnnViz.V1;

namespace CnnViz.Cli.Streams;

/// <summary>A whole picture file.</summary>
/// <param name="Header">What the service says about it.</param>
/// <param name="Data">The file's bytes; they match the header's length and checksum.</param>
internal sealed record ReceivedPicture(PictureHeader Header, ReadOnlyMemory<byte> Data);
