namespace CnnViz.ServiceDefaults.Callers;

/// <summary>What each method of the product needs and costs: the one place that says so.</summary>
internal static class MethodRules
{
    private const string Product = "/cnnviz.v1.";

    private static readonly Dictionary<string, MethodRule> _rules = new(StringComparer.Ordinal)
    {
        ["InferenceService/ListModels"] = new(Permissions.Infer, CallKind.Short),
        ["InferenceService/ModelInfo"] = new(Permissions.Infer, CallKind.Short),
        ["InferenceService/ContentAddress"] = new(Permissions.Infer, CallKind.Short),
        ["InferenceService/FilterWeights"] = new(Permissions.Infer, CallKind.Computing),
        ["InferenceService/FeatureMaps"] = new(Permissions.Infer, CallKind.Computing),
        ["InferenceService/MaximizeFilter"] = new(Permissions.Infer, CallKind.Computing),

        // Its run goes on when the call has ended, so the run is what is counted (CallerLimits.EnterRun).
        ["MaximizationService/Start"] = new(Permissions.Infer, CallKind.Short),
        ["MaximizationService/Get"] = new(Permissions.Infer, CallKind.Short),
        ["MaximizationService/List"] = new(Permissions.Infer, CallKind.Short),
        ["MaximizationService/Cancel"] = new(Permissions.Infer, CallKind.Short),
        ["MaximizationService/Watch"] = new(Permissions.Infer, CallKind.Watching),
        ["ModelService/RegisterModel"] = new(Permissions.Manage, CallKind.Short),
        ["ModelService/DeleteModel"] = new(Permissions.Manage, CallKind.Short),
        ["RenderService/RenderFilters"] = new(Permissions.Render, CallKind.Computing),
        ["RenderService/RenderFeatureMaps"] = new(Permissions.Render, CallKind.Computing),
        ["RenderService/RenderMaximization"] = new(Permissions.Render, CallKind.Computing),
    };

    /// <summary>The rule of a method; null where it is open to all.</summary>
    /// <param name="method">For example "/cnnviz.v1.InferenceService/ModelInfo".</param>
    /// <param name="options">Whether health and reflection are open.</param>
    public static MethodRule? Find(string method, CallerOptions options)
    {
        if (method.StartsWith("/grpc.health.", StringComparison.Ordinal))
        {
            return options.OpenHealth ? null : new MethodRule(Permissions.None, CallKind.Short);
        }

        if (method.StartsWith("/grpc.reflection.", StringComparison.Ordinal))
        {
            return options.OpenReflection ? null : new MethodRule(Permissions.None, CallKind.Short);
        }

        // What nobody has thought about is not for everybody.
        return method.StartsWith(Product, StringComparison.Ordinal) && _rules.TryGetValue(method[Product.Length..], out var rule)
            ? rule
            : new MethodRule(Permissions.Manage, CallKind.Computing);
    }

    /// <summary>Whether a method of the product stands here.</summary>
    public static bool IsListed(string method) =>
        method.StartsWith(Product, StringComparison.Ordinal) && _rules.ContainsKey(method[Product.Length..]);
}
