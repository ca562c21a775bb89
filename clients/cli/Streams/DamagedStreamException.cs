namespace CnnViz.Cli.Streams;

/// <summary>A stream that breaks the contract: bytes are missing, out of order, or do not match their checksum.</summary>
internal sealed class DamagedStreamException(string message) : IOException($"The service's answer is damaged: {message}.");
