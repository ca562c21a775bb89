using CnnViz.Inference;

await InferenceHost.Build(args).RunAsync();
