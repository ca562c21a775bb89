using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using Grpc.Core;

namespace CnnViz.Cli.Commands;

/// <summary>
/// What all commands do around their own work: connect, turn failures into words and exit codes, stop what was started.
/// </summary>
internal static class CommandRunner
{
    /// <summary>Runs a command's work.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="shared">Where the common options are.</param>
    /// <param name="needs">The services that the work calls.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Set by Ctrl-C and SIGTERM.</param>
    /// <param name="model">Where the command line names a model, if it does.</param>
    /// <param name="eitherEndpoint">Whether --endpoint may name the inference service too.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        ParseResult parsed,
        SharedOptions shared,
        ServiceKinds needs,
        Func<Session, Task> work,
        CancellationToken cancellation,
        Argument<string>? model = null,
        bool eitherEndpoint = false)
    {
        var time = TimeProvider.System;
        var output = Outputs.Create(parsed.GetValue(shared.Json));
        var request = new ConnectionRequest(
            needs,
            parsed.GetValue(shared.Endpoint),
            parsed.GetValue(shared.InferenceEndpoint) ?? (eitherEndpoint ? parsed.GetValue(shared.Endpoint) : null),
            parsed.GetValue(shared.AppHost),
            parsed.GetValue(shared.Verbose))
        {
            Credentials = shared.Credentials(parsed),
        };
        return await GuardAsync(
            output,
            async () =>
            {
                var named = model is null
                    ? new ModelReference("", null)
                    : ModelReference.Read(parsed.GetRequiredValue(model), request.StartsStack);
                await using var connection = await Connection.OpenAsync(
                    request with { ModelFolder = named.Folder }, output, time, cancellation);
                try
                {
                    await work(new Session(output, connection, named.Name, time, cancellation));
                }
                catch (RpcException exception) when (!cancellation.IsCancellationRequested)
                {
                    throw new CliException(connection.Explain(exception));
                }
            },
            cancellation);
    }

    /// <summary>Runs work that needs no service.</summary>
    public static Task<int> RunLocalAsync(
        ParseResult parsed, SharedOptions shared, Func<IOutput, Task> work, CancellationToken cancellation)
    {
        var output = Outputs.Create(parsed.GetValue(shared.Json));
        return GuardAsync(output, () => work(output), cancellation);
    }

    private static async Task<int> GuardAsync(IOutput output, Func<Task> work, CancellationToken cancellation)
    {
        try
        {
            await work();
            return ExitCodes.Done;
        }
        catch (Exception exception)
            when (cancellation.IsCancellationRequested && exception is OperationCanceledException or RpcException)
        {
            output.Error("cancelled");
            return ExitCodes.Cancelled;
        }
        catch (CliException exception)
        {
            output.Error(exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            output.Error(exception.Message);
            return ExitCodes.Failed;
        }
    }
}
