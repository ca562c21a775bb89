using CnnViz.Cache.Addressing;
using CnnViz.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CnnViz.Cache.Tests;

/// <summary>Different values have different addresses, equal ones the same.</summary>
public sealed class AddressTests
{
    public static TheoryData<string> Requests =>
    [
        FeatureMapsRequest.Descriptor.FullName, FilterWeightsRequest.Descriptor.FullName, MaximizeFilterRequest.Descriptor.FullName,
        RenderFiltersRequest.Descriptor.FullName, RenderFeatureMapsRequest.Descriptor.FullName,
        RenderMaximizationRequest.Descriptor.FullName,
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Of_AnyFieldOfARequestChanged_AnotherAddress(string name)
    {
        var descriptor = RenderReflection.Descriptor.MessageTypes.Concat(InferenceReflection.Descriptor.MessageTypes)
            .Single(type => type.FullName == name);
        var seen = new Dictionary<ContentAddress, string> { [CanonicalHash.Of(descriptor.Parser.ParseFrom([]))] = "nothing" };
        var changes = Changes(descriptor, "", depth: 0).ToList();
        Assert.NotEmpty(changes);
        foreach (var (path, change) in changes)
        {
            var message = descriptor.Parser.ParseFrom(ByteString.Empty);
            change(message);
            Assert.True(seen.TryAdd(CanonicalHash.Of(message), path), $"{path} has the address of {seen.GetValueOrDefault(CanonicalHash.Of(message))}");
        }
    }

    [Fact]
    public void Of_EqualMessages_TheSameAddressWhateverTheirBytes()
    {
        var message = new MaximizeFilterRequest { Model = "m", Layer = "l", Filters = { 1, 2 } };
        // Fields in another order, and one that nobody knows.
        byte[] shuffled = [.. new MaximizeFilterRequest { Layer = "l", Filters = { 1, 2 } }.ToByteArray(),
            .. new MaximizeFilterRequest { Model = "m" }.ToByteArray(), 0xf8, 0x7f, 0x01];
        Assert.Equal(CanonicalHash.Of(message), CanonicalHash.Of(MaximizeFilterRequest.Parser.ParseFrom(shuffled)));
    }

    [Fact]
    public void Of_ListsAndTexts_NeverRunTogether()
    {
        object?[][] different =
        [
            ["ab", "c"], ["a", "bc"], ["abc"], [new[] { "ab", "c" }], [new[] { "ab" }, "c"], [1, 2], [12], [1L, 2.0], [1.0, 2.0],
            [1f, 2.0], ["1", "2"], [null], [], [""], [false], [0], [0UL], [Array.Empty<byte>()], [Array.Empty<string>()],
            [CacheState.Miss], [1], [true], [-0.0], [0.0], [double.NaN],
        ];
        Assert.Equal(different.Length, different.Select(values => CanonicalHash.Of(values)).Distinct().Count());
    }

    [Fact]
    public void Of_Dictionaries_TheirOrderHasNoMeaning() => Assert.Equal(
        CanonicalHash.Of(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }),
        CanonicalHash.Of(new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 }));

    [Fact]
    public void Of_ARecord_EveryPropertyCounts()
    {
        var records = new[] { new Sample(1, "a"), new Sample(2, "a"), new Sample(1, "b"), new Sample(1, "a") { More = [3] } };
        Assert.Equal(4, records.Select(record => CanonicalHash.Of(record)).Distinct().Count());
        Assert.Equal(CanonicalHash.Of(new Sample(1, "a")), CanonicalHash.Of(new Sample(1, "a")));
    }

    [Fact]
    public void Of_SomethingUnknown_Refused() =>
        Assert.Throws<NotSupportedException>(() => CanonicalHash.Of(new UriBuilder()));

    /// <summary>One way to change each field, and each field of its message, with what is around it set.</summary>
    private static IEnumerable<(string Path, Action<IMessage> Change)> Changes(MessageDescriptor type, string path, int depth)
    {
        foreach (var field in type.Fields.InFieldNumberOrder().Where(_ => depth < 5))
        {
            var name = $"{path}.{field.Name}";
            foreach (var value in Values(field))
            {
                yield return ($"{name} = {value}", message => Set(message, field, value));
            }

            if (field.FieldType != FieldType.Message || field.IsMap)
            {
                continue;
            }

            foreach (var (inner, change) in Changes(field.MessageType, name, depth + 1))
            {
                yield return (inner, message =>
                {
                    var part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                    change(part);
                    Set(message, field, part);
                }
                );
            }
        }
    }

    private static void Set(IMessage message, FieldDescriptor field, object value)
    {
        if (field.IsRepeated)
        {
            ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private static object[] Values(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => field.HasPresence ? [true, false] : [true],
        FieldType.String => ["x", "y"],
        FieldType.Bytes => [ByteString.CopyFromUtf8("x"), ByteString.CopyFromUtf8("y")],
        FieldType.Int32 or FieldType.SInt32 => [1, 2],
        FieldType.Int64 => [1L, 2L],
        FieldType.UInt32 => [1u, 2u],
        FieldType.UInt64 => [1UL, 2UL],
        FieldType.Float => [1f, 2f],
        FieldType.Double => [1.0, 2.0],
        FieldType.Enum => [1, 2],
        FieldType.Message => [field.MessageType.Parser.ParseFrom(ByteString.Empty)],
        _ => throw new InvalidOperationException($"{field.FullName}: {field.FieldType}"),
    };

    private sealed record Sample(int Number, string Text)
    {
        public IReadOnlyList<int> More { get; init; } = [];
    }
}
