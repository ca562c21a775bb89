using System.Net;
using System.Threading.RateLimiting;
using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace CnnViz.ServiceDefaults.Limits;

/// <summary>How much each caller has under way, and how fast it calls. Safe for concurrent use.</summary>
public sealed class CallerLimits : IDisposable
{
    private static readonly IDisposable _free = new Free();

    private readonly LimitOptions _options;
    private readonly HashSet<string> _exempt;
    private readonly PartitionedRateLimiter<string> _rate;
    private readonly PartitionedRateLimiter<string> _computing;
    private readonly PartitionedRateLimiter<string> _watching;

    /// <summary>The limits of the settings.</summary>
    public CallerLimits(IOptions<LimitOptions> options)
    {
        _options = options.Value;
        _exempt = new HashSet<string>(_options.Exempt, StringComparer.Ordinal);
        _rate = PartitionedRateLimiter.Create<string, string>(name => _options.CallsPerSecond == 0
            ? RateLimitPartition.GetNoLimiter(name)
            : RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = _options.Burst,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1 / _options.CallsPerSecond),
                AutoReplenishment = false,
            }));
        _computing = AtOnce(_options.Computing);
        _watching = AtOnce(_options.Watching);
    }

    /// <summary>A place for a run that goes on without a call; dispose it when the run has ended.</summary>
    /// <param name="caller">Who began it.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the caller has too much under way.</exception>
    public IDisposable EnterRun(Caller caller) =>
        IsFree(caller) ? _free : AtOnce(_computing, caller, "Computing", _options.Computing, "computing calls and runs");

    public void Dispose()
    {
        _rate.Dispose();
        _computing.Dispose();
        _watching.Dispose();
    }

    /// <summary>A place for a call; dispose it when the call has ended.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED with the limit and when to come back.</exception>
    internal IDisposable Enter(Caller caller, CallKind kind)
    {
        if (IsFree(caller))
        {
            return _free;
        }

        using (var lease = _rate.AttemptAcquire(caller.Name))
        {
            if (!lease.IsAcquired)
            {
                throw RpcErrors.ResourceExhausted(
                    "CALLER_RATE",
                    FormattableString.Invariant(
                        $"{caller.Name} may begin {_options.CallsPerSecond} calls per second and {_options.Burst} at once (Limits:CallsPerSecond, Limits:Burst)"),
                    lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                        ? after
                        : TimeSpan.FromSeconds(1 / _options.CallsPerSecond));
            }
        }

        return kind switch
        {
            CallKind.Computing => EnterRun(caller),
            CallKind.Watching => AtOnce(_watching, caller, "Watching", _options.Watching, "watch streams"),
            _ => _free,
        };
    }

    private static PartitionedRateLimiter<string> AtOnce(int limit) => PartitionedRateLimiter.Create<string, string>(name =>
        limit == 0
            ? RateLimitPartition.GetNoLimiter(name)
            : RateLimitPartition.GetConcurrencyLimiter(name, _ => new ConcurrencyLimiterOptions { PermitLimit = limit }));

    private RateLimitLease AtOnce(PartitionedRateLimiter<string> limiter, Caller caller, string setting, int limit, string what)
    {
        var lease = limiter.AttemptAcquire(caller.Name);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw RpcErrors.ResourceExhausted(
            "CALLER_BUSY",
            $"{caller.Name} has {limit} {what} under way, which is the limit (Limits:{setting}); try again when one has ended",
            TimeSpan.FromMilliseconds(_options.RetryAfterMs));
    }

    private bool IsFree(Caller caller) =>
        _exempt.Contains(caller.Name)
        || (!caller.IsKnown && !_options.Loopback
            && IPAddress.TryParse(caller.Name, out var address) && IPAddress.IsLoopback(address));

    private sealed class Free : IDisposable
    {
        public void Dispose()
        {
            // Nothing was taken.
        }
    }
}
