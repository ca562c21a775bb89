using CnnViz.Inference;

await InferenceHost.Build(args, InferenceHost.Engines()).RunAsync();
