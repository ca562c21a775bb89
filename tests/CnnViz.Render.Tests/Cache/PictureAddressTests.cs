using System.Collections;
using CnnViz.Cache.Addressing;
using CnnViz.Render.Cache;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace CnnViz.Render.Tests.Cache;

/// <summary>
/// Every field of a request that changes its picture changes its address, and defaults do not. New fields enter by themselves, through
/// the contract's descriptors.
/// </summary>
public sealed class PictureAddressTests
{
    private static readonly PictureAddresses _addresses = new(new InferenceService.InferenceServiceClient(new Numbers()));

    // How the answer is made, not what it is; and what stands for a default.
    private static readonly string[] _noEffect =
    [
        "no_cache", "maps.no_cache", "maximize.no_cache",
        "style.caption=True", "style.labels=1", "style.format=1", "style.background=#0f1115",
        "style.quality=90", "style.lossless=True",
    ];

    [Fact]
    public async Task OfAsync_AnyFieldOfRenderFiltersChanged_AnotherAddress() =>
        await AssertEveryFieldCountsAsync(new RenderFiltersRequest { Model = "m", Layer = "l" }, Of, []);

    [Fact]
    public async Task OfAsync_AnyFieldOfRenderFeatureMapsChanged_AnotherAddress() => await AssertEveryFieldCountsAsync(
        new RenderFeatureMapsRequest { Maps = new FeatureMapsRequest { Model = "m", Picture = new Picture { Data = ByteString.CopyFromUtf8("p") } } },
        Of,
        []);

    [Fact]
    public async Task OfAsync_AnyFieldOfRenderMaximizationChanged_AnotherAddress() => await AssertEveryFieldCountsAsync(
        new RenderMaximizationRequest { Maximize = new MaximizeFilterRequest { Model = "m", Layer = "l" } },
        Of,
        [
            "style.caption=False", "style.margin=5", "style.background=#000000", "animation.format=1", "animation.every=4",
            "animation.frame_delay_ms=100", "animation.hold_ms=2000",
        ]);

    [Fact]
    public async Task OfAsync_ALookWithItsDefaultsLeftOutOrGiven_TheSameAddress()
    {
        (TileStyle Bare, TileStyle Full)[] looks =
        [
            (new(), new() { Caption = true, Labels = TileLabels.None, Format = PictureFormat.Png, Background = "#0F1115" }),
            (new() { Format = PictureFormat.Jpeg }, new() { Format = PictureFormat.Jpeg, Quality = 90 }),
            (new() { Format = PictureFormat.Webp }, new() { Format = PictureFormat.Webp, Lossless = true }),
            (new() { Format = PictureFormat.Webp, Quality = 90 }, new() { Format = PictureFormat.Webp, Lossless = false }),
            (new() { Normalization = Normalization.Percentile }, new() { Normalization = Normalization.Percentile, LowPercentile = 1, HighPercentile = 99 }),
        ];
        foreach (var (bare, full) in looks)
        {
            Assert.Equal(
                await Of(new RenderFiltersRequest { Model = "m", Layer = "l", Style = bare }),
                await Of(new RenderFiltersRequest { Model = "m", Layer = "l", Style = full }));
        }

        var sheet = new RenderMaximizationRequest { Maximize = new MaximizeFilterRequest { Model = "m" }, Animation = new Animation() };
        var same = sheet.Clone();
        same.Style = new TileStyle { Caption = false, Margin = 5, Background = "#000000" };
        same.Animation = new Animation { Format = AnimationFormat.Apng, Every = 4, FrameDelayMs = 100, HoldMs = 2000 };
        Assert.Equal(await Of(sheet), await Of(same));

        // Within a caption the sheet is not black.
        same.Style.Caption = true;
        var ink = same.Clone();
        ink.Style.Background = "";
        Assert.NotEqual(await Of(same), await Of(ink));
    }

    private static Task<ContentAddress> Of(RenderFiltersRequest request) => _addresses.OfAsync(request, default);

    private static Task<ContentAddress> Of(RenderFeatureMapsRequest request) => _addresses.OfAsync(request, default);

    private static Task<ContentAddress> Of(RenderMaximizationRequest request) =>
        _addresses.OfAsync(request, request.Maximize, new UpstreamCall([], null, default));

    private static async Task AssertEveryFieldCountsAsync<T>(T request, Func<T, Task<ContentAddress>> address, string[] defaults)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var before = await address(request);
        var (seen, fields) = (new Dictionary<ContentAddress, string>(), 0);
        foreach (var (name, path, change) in Changes(request.Descriptor, "", _ => { }, depth: 0))
        {
            var changed = request.Clone();
            change(changed);
            var after = await address(changed);
            if (_noEffect.Contains(path) || _noEffect.Contains(name) || defaults.Contains(name))
            {
                continue;
            }

            fields++;
            Assert.True(after != before, $"{name} has no effect");
            Assert.True(seen.TryAdd(after, name), $"{name} has the address of {seen.GetValueOrDefault(after)}");
        }

        Assert.InRange(fields, 30, int.MaxValue);
    }

    private static IEnumerable<(string Name, string Path, Action<IMessage> Change)> Changes(
        MessageDescriptor type, string path, Action<IMessage> before, int depth)
    {
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (field.FieldType == FieldType.Message)
            {
                // A spec's layers may hold each other's kinds; one level of them is as good as all.
                foreach (var inner in depth < 4 ? Changes(field.MessageType, $"{path}{field.Name}.", before, depth + 1) : [])
                {
                    yield return (inner.Name, inner.Path, message => inner.Change(Part(field, message)));
                }

                continue;
            }

            foreach (var value in Values(field))
            {
                yield return ($"{path}{field.Name}={Text(value)}", $"{path}{field.Name}", message => Set(field, message, value));
            }
        }
    }

    private static string Text(object value) => value is ByteString bytes ? bytes.ToStringUtf8() : value.ToString()!;

    private static IMessage Part(FieldDescriptor field, IMessage message)
    {
        if (!field.IsRepeated && field.Accessor.GetValue(message) is IMessage there)
        {
            return there;
        }

        var part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        Set(field, message, part);
        return part;
    }

    private static void Set(FieldDescriptor field, IMessage message, object value)
    {
        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private static IEnumerable<object> Values(FieldDescriptor field) => field.FieldType switch
    {
        // Without presence, false is the default itself.
        FieldType.Bool => field.HasPresence ? [true, false] : [true],
        FieldType.String when field.Name == "background" => ["#0f1115", "#000000", "#aabbcc"],
        FieldType.String => ["a", "b"],
        FieldType.Bytes => [ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b")],
        FieldType.Int32 => [3, 4, 5, 90, 100, 2000],
        FieldType.Int64 => [3L, 4L],
        FieldType.UInt64 => [3UL, 4UL],
        FieldType.Double => [0.25, 3.0],
        FieldType.Float => [0.25f, 3f],
        FieldType.Enum => field.EnumType.Values.Where(value => value.Number > 0).Select(value => (object)value.Number),
        _ => throw new InvalidOperationException($"{field.FullName}: {field.FieldType}"),
    };

    /// <summary>An inference service that names numbers by every byte of the request for them.</summary>
    private sealed class Numbers : CallInvoker
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            var asked = (ContentAddressRequest)(object)request;
            var answer = new ContentAddressResponse
            {
                Sha256 = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(asked.ToByteArray())),
            };
            return new AsyncUnaryCall<TResponse>(
                Task.FromResult((TResponse)(object)answer), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }
}
