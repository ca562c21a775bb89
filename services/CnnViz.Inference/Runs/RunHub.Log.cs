using CnnViz.V1;

namespace CnnViz.Inference.Runs;

internal sealed partial class RunHub
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {RunId}: {Filters} filters of {Model} {Layer}, {Steps} steps")]
        public static partial void Started(ILogger logger, string runId, string model, string layer, int filters, int steps);

        [LoggerMessage(2, LogLevel.Information, "Run {RunId} ended: {State}")]
        public static partial void Ended(ILogger logger, string runId, RunState state);
    }
}
