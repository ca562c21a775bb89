using Grpc.Core;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Who makes a call, for the services' own methods.</summary>
public static class CallerContextExtensions
{
    private static readonly Caller _anybody = new("unknown", Permissions.All, IsKnown: false);

    /// <summary>Whoever makes this call; one that may do everything where callers are not told apart.</summary>
    public static Caller Caller(this ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>() ?? _anybody;
}
