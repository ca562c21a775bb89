using System.Globalization;
using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>
/// Redis is killed, held, refuses the password or holds other values than were stored, while calls flow through both services from
/// clients in four languages. No call fails, none is answered wrongly; what each took is written down.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class RedisFaultTests(ITestOutputHelper output)
{
    private const int Calls = 60;

    // Nothing is kept in the processes, so that every call asks Redis.
    private static readonly (string, string) _redisOnly = ("Cache__MemoryBytes", "0");

    // What a value is replaced by: by nothing sensible, by its beginning, by one with a changed bit, by another request's value.
    private const string Damage = """
        local keys, last, count = redis.call('KEYS', 'cnnviz:*'), nil, 0
        for i, key in ipairs(keys) do
          if redis.call('TYPE', key).ok == 'hash' then
            local data = redis.call('HGET', key, 'data')
            if data then
              local kind, middle = i % 4, math.ceil(#data / 2)
              local bad = 'garbage'
              if kind == 1 then bad = data:sub(1, #data - 1)
              elseif kind == 2 then
                bad = data:sub(1, middle - 1) .. string.char(bit.bxor(data:byte(middle), 1)) .. data:sub(middle + 1)
              elseif kind == 3 and last then bad = last end
              last = data
              redis.call('HSET', key, 'data', bad)
              count = count + 1
            end
          end
        end
        return count
        """;

    [RedisFact]
    public async Task RedisKilledHeldAndOverwritten_WhileCallsFlow_NoCallFailsAndNothingWrongIsServed()
    {
        await using var stack = await ReplicaStack.StartAsync(2, render: true, settings: _redisOnly);
        await using var calls = await TimedCalls.StartAsync(stack, parallel: 3);
        var clients = await Load.StartAsync(stack.Endpoints, parallel: 1);
        try
        {
            output.WriteLine("well: " + await calls.MoreAsync(Calls));
            var damaged = 0;
            for (var i = 0; i < 4; i++)
            {
                damaged += await DamageAsync(stack.Redis);
                await calls.MoreAsync(Calls / 4);
            }

            Assert.True(damaged > 0, "there was nothing to damage");
            output.WriteLine($"{damaged} values overwritten: " + await calls.MoreAsync(Calls));

            await stack.Redis.PauseAsync();
            var held = calls.MoreAsync(Calls);
            await CppAsync(stack);
            output.WriteLine("held: " + await held);
            await stack.Redis.ResumeAsync();

            await stack.Redis.KillAsync();
            var killed = calls.MoreAsync(Calls);
            await CppAsync(stack);
            output.WriteLine("killed: " + await killed);
            await stack.Redis.StartAgainAsync();
            output.WriteLine("back: " + await calls.MoreAsync(Calls));
            foreach (var (name, load) in new[] { "grpc-js", "grpcio" }.Zip(await Load.EndAsync(clients)))
            {
                output.WriteLine($"{name}, beside all that: {load.Calls} calls, none failed, longest {load.WorstMs:f0} ms");
                Assert.Equal(0, load.Again);
            }
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [RedisFact]
    public async Task WrongPassword_WhileCallsFlow_NoCallFailsAndNothingWrongIsServed()
    {
        await using var stack = await ReplicaStack.StartAsync(
            2, render: true, password: "right", given: "wrong", settings: _redisOnly);
        await using var calls = await TimedCalls.StartAsync(stack, parallel: 3);
        output.WriteLine("wrong password: " + await calls.MoreAsync(2 * Calls));
        Assert.All(stack.Inference, replica => Assert.DoesNotContain("wrong", replica.Log, StringComparison.Ordinal));
    }

    /// <summary>Overwrites every value that there is; how many.</summary>
    internal static async Task<int> DamageAsync(RedisServer redis)
    {
        var port = redis.Port.ToString(CultureInfo.InvariantCulture);
        var run = await ToolProcess.RunAsync(Path.GetTempPath(), "redis-cli", "-p", port, "EVAL", Damage, "0");
        return int.TryParse(run.Output.Trim(), CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new InvalidOperationException(run.All);
    }

    /// <summary>The C++ client's picture.</summary>
    private static async Task CppAsync(ReplicaStack stack)
    {
        using var folder = new TemporaryFolder();
        var run = await ToolProcess.RunAsync(
            folder.Path, await CppClientTests.Program, "--endpoint", stack.RenderAddress!.Authority, "--model", "nanodet",
            "--layer", "Add_10", "--filters", "0-1", "--steps", "4", "--size", "64", "-o", "out.png");
        Assert.True(run.ExitCode == 0, run.All);
    }
}
