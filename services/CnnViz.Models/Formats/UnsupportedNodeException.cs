namespace CnnViz.Models;

/// <summary>A node uses an op or a form of it that has no translation; the node becomes an unsupported layer.</summary>
internal sealed class UnsupportedNodeException(string reason) : Exception(reason);
