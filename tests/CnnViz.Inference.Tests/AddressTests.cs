using System.Collections;
using System.Security.Cryptography;
using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace CnnViz.Inference.Tests;

/// <summary>
/// Every field of a request is in the address of its answer. New fields enter these tests by themselves, through the contract's
/// descriptors.
/// </summary>
public sealed class AddressTests
{
    // Fields that cannot be changed alone: another model or class is another network's, and a spec's parts are in the tests below.
    private static readonly string[] _apart = ["model", "classes", "spec"];

    [Fact]
    public async Task ContentAddress_AnyFieldOfAMaximizationChanged_AnotherAddress() =>
        await AssertEveryFieldCountsAsync(RunningHost.Request(1, 5), request => new() { MaximizeFilter = request });

    [Fact]
    public async Task ContentAddress_AnyFieldOfAMaximizationByOtherPartsChanged_AnotherAddress()
    {
        // Fields that only some objective, parameterization or transform takes.
        await using var host = await RunningHost.StartAsync();
        (Action<MaximizationSettings> Parts, Action<MaximizationSettings> Change)[] changes =
        [
            (s => s.Objective = Objective.Neuron, s => s.ObjectiveSettings.NeuronRow = 2),
            (s => s.Objective = Objective.Neuron, s => s.ObjectiveSettings.NeuronColumn = 2),
            (s => s.Objective = Objective.Direction, s => s.ObjectiveSettings.Direction[1] = 7),
            (s => s.Objective = Objective.Direction, s => s.ObjectiveSettings.CosinePower = 2),
            (s => s.Recipe = Recipe.Keras, s => s.NoiseAmplitude = 1),
        ];
        foreach (var (parts, change) in changes)
        {
            var request = RunningHost.Request(1, 5);
            parts(request.Settings);
            request.Settings.ObjectiveSettings = new ObjectiveSettings();
            if (request.Settings.Objective == Objective.Direction)
            {
                request.Settings.ObjectiveSettings.Direction.AddRange([1, 2, 3, 4]);
            }

            var before = await AddressAsync(host, new() { MaximizeFilter = request });
            change(request.Settings);
            Assert.NotEqual(before, await AddressAsync(host, new() { MaximizeFilter = request }));
        }
    }

    [Fact]
    public async Task ContentAddress_AnyFieldOfFeatureMapsChanged_AnotherAddress() =>
        await AssertEveryFieldCountsAsync(Maps(), request => new() { FeatureMaps = request });

    [Fact]
    public async Task ContentAddress_AnyFieldOfFilterWeightsChanged_AnotherAddress() =>
        await AssertEveryFieldCountsAsync(Weights(), request => new() { FilterWeights = request });

    [Fact]
    public async Task ContentAddress_AnotherNetwork_AnotherAddress()
    {
        await using var host = await RunningHost.StartAsync();
        Action<SequentialSpec>[] changes =
        [
            _ => { },
            spec => spec.Seed = 9,
            spec => spec.Layers[0].Conv2D.Kernel.Height = 5,
            spec => spec.Layers[0].Conv2D.Stride = new SpecSize { Height = 2 },
            spec => spec.Layers.Add(spec.Layers[0].Clone()),
        ];
        var addresses = new HashSet<ByteString>();
        foreach (var change in changes)
        {
            var request = RunningHost.Request(1, 5);
            change(request.Spec);
            Assert.True(addresses.Add(await AddressAsync(host, new() { MaximizeFilter = request })));
        }
    }

    [Fact]
    public async Task ContentAddress_DefaultsLeftOutOrGiven_TheSameAddress()
    {
        await using var host = await RunningHost.StartAsync();
        var bare = RunningHost.Request(1, 5);
        var full = bare.Clone();
        full.Engine = "linear";
        full.Precision = "exact";
        full.NoCache = false;
        full.Settings.Recipe = Recipe.Lucid;
        full.Settings.Seed = 0;
        full.Settings.LearningRate = 0.05;
        full.Settings.Objective = Objective.Channel;
        full.Settings.Optimizer = Optimizer.Adam;
        full.Settings.Adam = new Adam { Beta1 = 0.9 };
        full.Settings.Diversity = new Diversity();
        full.Layer = (await host.Client.ModelInfoAsync(new ModelInfoRequest { Spec = bare.Spec })).Layers[1].Name;
        Assert.NotEqual(bare.Layer, full.Layer);
        Assert.Equal(await AddressAsync(host, new() { MaximizeFilter = bare }), await AddressAsync(host, new() { MaximizeFilter = full }));
    }

    [Fact]
    public async Task ContentAddress_PictureOrItsHash_TheSameAddress()
    {
        await using var host = await RunningHost.StartAsync();
        var maps = Maps();
        var whole = await AddressAsync(host, new() { FeatureMaps = maps });
        var sha256 = ByteString.CopyFrom(SHA256.HashData(maps.Picture.Data.Span));
        var both = new ContentAddressRequest { FeatureMaps = maps, PictureSha256 = sha256 };
        await Assert.ThrowsAsync<RpcException>(() => AddressAsync(host, both));
        both.FeatureMaps.Picture = null;
        Assert.Equal(whole, await AddressAsync(host, both));
        await Assert.ThrowsAsync<RpcException>(() => AddressAsync(host, new() { FeatureMaps = maps }));
        await Assert.ThrowsAsync<RpcException>(() => AddressAsync(host, new()));
    }

    /// <summary>A call of FilterWeights for a small network, with statistics.</summary>
    internal static FilterWeightsRequest Weights()
    {
        var spec = RunningHost.Request(1, 1).Spec;
        spec.Layers.Add(spec.Layers[0].Clone());
        return new FilterWeightsRequest { Spec = spec, Layer = "1", Statistics = new WeightStatisticsOptions() };
    }

    /// <summary>A call of FeatureMaps for the small network, with a picture.</summary>
    internal static FeatureMapsRequest Maps() => new()
    {
        Spec = RunningHost.Request(1, 1).Spec,
        Layers = { "1" },
        Picture = new Picture { Data = ByteString.CopyFrom(PngEncoder.Encode(new Raster(20, 20, 3))) },
    };

    /// <summary>
    /// Tries values of each field until the service takes some: all that it takes must have addresses of their own.
    /// </summary>
    private static async Task AssertEveryFieldCountsAsync<T>(T request, Func<T, ContentAddressRequest> ask)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        await using var host = await RunningHost.StartAsync();
        var untouched = new List<string>();
        foreach (var (path, changes) in Fields(request.Descriptor, ""))
        {
            var byValue = new Dictionary<ByteString, string>();
            var address = await AddressAsync(host, ask(request));
            var differing = 0;
            foreach (var (value, change) in changes)
            {
                var changed = request.Clone();
                change(changed);
                if (await TryAddressAsync(host, ask(changed)) is not { } found)
                {
                    continue;
                }

                differing += found == address ? 0 : 1;
                Assert.True(found == address || byValue.TryAdd(found, value), $"{path}: {value} has the address of {byValue.GetValueOrDefault(found)}");
            }

            if (differing == 0)
            {
                untouched.Add(path);
            }
        }

        string[] noEffect =
        [
            // How the answer is made; the host has one engine. The others have their own test.
            "no_cache", "engine",
            "settings.objective_settings.neuron_row", "settings.objective_settings.neuron_column",
            "settings.objective_settings.direction", "settings.objective_settings.cosine_power",
        ];
        Assert.Equal([], untouched.Except(noEffect));
    }

    private static IEnumerable<(string Path, List<(string Value, Action<IMessage> Change)> Changes)> Fields(
        MessageDescriptor type, string path)
    {
        foreach (var field in type.Fields.InFieldNumberOrder().Where(field => path.Length > 0 || !_apart.Contains(field.Name)))
        {
            if (field.FieldType != FieldType.Message)
            {
                var changes = Values(field).Select(value => (Text(value), Change(field, value))).ToList();
                yield return ($"{path}{field.Name}", changes);
                continue;
            }

            foreach (var (inner, changes) in Fields(field.MessageType, $"{path}{field.Name}."))
            {
                yield return (inner, [.. changes.Select(change => (change.Value, Inside(field, change.Change)))]);
            }
        }
    }

    private static string Text(object value) => value is ByteString bytes ? bytes.ToBase64() : value.ToString()!;

    private static Action<IMessage> Change(FieldDescriptor field, object value) => message =>
    {
        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }
    };

    private static Action<IMessage> Inside(FieldDescriptor field, Action<IMessage> change) => message =>
    {
        var part = field.IsRepeated ? null : (IMessage?)field.Accessor.GetValue(message);
        if (part is null)
        {
            part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            Change(field, part)(message);
        }

        change(part);
    };

    private static IEnumerable<object> Values(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => [true, false],
        FieldType.String => ["0", "1", "2", "conv2d", "linear", "fast", "kernel", "bias"],
        FieldType.Bytes => [ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b")],
        FieldType.Int32 => [1, 2, 3, 16, 24, 32],
        FieldType.UInt64 => [1UL, 2UL, 3UL],
        FieldType.Double => [0.25, 0.5, 0.75, 1.5, 3.0],
        FieldType.Float => [0.5f, 1.5f],
        FieldType.Enum => field.EnumType.Values.Where(value => value.Number > 0).Select(value => (object)value.Number),
        _ => throw new InvalidOperationException($"{field.FullName}: {field.FieldType}"),
    };

    private static async Task<ByteString?> TryAddressAsync(RunningHost host, ContentAddressRequest request)
    {
        try
        {
            return await AddressAsync(host, request);
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound
            or StatusCode.FailedPrecondition)
        {
            return null;
        }
    }

    private static async Task<ByteString> AddressAsync(RunningHost host, ContentAddressRequest request)
    {
        var address = (await host.Client.ContentAddressAsync(request)).Sha256;
        Assert.Equal(32, address.Length);
        return address;
    }
}
