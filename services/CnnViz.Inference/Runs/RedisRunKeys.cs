using System.Globalization;
using CnnViz.Cache.Shared;
using Google.Protobuf;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>Where in Redis a run's parts are, and how they are read.</summary>
internal static class RedisRunKeys
{
    /// <summary>A part of a run. The braces keep a run's keys on one node of a cluster.</summary>
    public static RedisKey Key(string id, string part) => $"{RedisConnection.Prefix}run:{{{id}}}:{part}";

    /// <summary>Where it is told that a run has news.</summary>
    public static RedisChannel News(string id) => RedisChannel.Literal($"{RedisConnection.Prefix}run:{{{id}}}:news");

    /// <summary>Where it is told that a run is to end.</summary>
    public static RedisChannel Cancels(string id) => RedisChannel.Literal($"{RedisConnection.Prefix}run:{{{id}}}:cancel");

    /// <summary>An event's place in the stream: its sequence.</summary>
    public static RedisValue EntryId(ulong sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence}-0");

    /// <summary>A message; null where there is none or it is damaged.</summary>
    public static T? Parsed<T>(MessageParser<T> parser, RedisValue value)
        where T : class, IMessage<T>
    {
        try
        {
            return value.IsNull ? null : parser.ParseFrom((byte[])value!);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
