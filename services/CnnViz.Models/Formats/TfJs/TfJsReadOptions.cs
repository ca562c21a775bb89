namespace CnnViz.Models;

/// <summary>What a TensorFlow.js model file does not say.</summary>
public sealed record TfJsReadOptions : ModelReadOptions;
