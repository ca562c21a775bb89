namespace CnnViz.Models;

/// <summary>A digest that a file's publisher states.</summary>
/// <param name="Algorithm">"md5" or "sha256".</param>
/// <param name="Value">Lower-case hex.</param>
public sealed record PublishedDigest(string Algorithm, string Value);
