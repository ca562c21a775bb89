using CnnViz.Engine.Maximization;
using CnnViz.Inference.Responses;
using Event = CnnViz.V1.MaximizationEvent;

namespace CnnViz.Inference.Runs;

internal sealed partial class RunHub
{
    /// <summary>Brings what the engine tells to the run's log and its caller.</summary>
    private async Task PumpAsync(
        LocalRun run,
        RunPlan plan,
        RunSettings settings,
        PublishedEvents? published,
        Func<Event, ValueTask>? emit,
        CancellationToken cancellation)
    {
        var events = new MaximizationEvents(run.Id, plan.Graph);
        await foreach (var happened in maximizer.RunAsync(plan.Graph, plan.Engine, plan.Options, settings, cancellation)
            .ConfigureAwait(false))
        {
            if (happened is MaximizationCheckpoint checkpoint)
            {
                run.Keep(checkpoint.State);
                continue;
            }

            List<Event> messages = [.. events.Messages(published?.Adjusted(happened) ?? happened)];
            if (published?.Contains(happened) == true)
            {
                continue;
            }

            if (published is not null && happened is Engine.Maximization.MaximizationCompleted)
            {
                var begun = DateTimeOffset.FromUnixTimeMilliseconds(run.Describe().CreatedUnixMs);
                messages[0].Completed.Seconds = (time.GetUtcNow() - begun).TotalSeconds;
            }

            run.Log.Append(messages);
            foreach (var message in emit is null ? [] : messages)
            {
                await emit!(message).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a run that was interrupted had come to.</summary>
    private sealed record Continuation(PublishedEvents Published, RunResume Resume);
}
