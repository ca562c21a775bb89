using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CnnViz.Models.Tests.TfJs;

namespace CnnViz.Models.Tests.Keras;

/// <summary>Writes small models in Keras' configuration, as TensorFlow.js layers models or as a config.json's text.</summary>
internal sealed class LayersModelFile
{
    private readonly JsonArray _layers = [];
    private readonly JsonArray _weights = [];
    private readonly List<byte> _bytes = [];
    private string _last = "";

    /// <summary>A functional model with an input of (height, width, channels).</summary>
    public static LayersModelFile Functional(int height = 8, int width = 8, int channels = 3) =>
        new LayersModelFile().Layer(
            "InputLayer", "image", $$"""{"batch_input_shape":[null,{{height}},{{width}},{{channels}}]}""", []);

    /// <summary>A layer behind the one before, or behind others.</summary>
    /// <param name="kind">Keras' class.</param>
    /// <param name="name">Its name.</param>
    /// <param name="config">Its parameters without the name, as JSON.</param>
    /// <param name="inputs">Layers it takes; by default the one before.</param>
    public LayersModelFile Layer(string kind, string name, string config = "{}", string[]? inputs = null)
    {
        var parameters = JsonNode.Parse(config)!.AsObject();
        parameters["name"] = name;
        JsonNode[] tensors = [.. (inputs ?? [_last]).Select(input => new JsonArray(input, 0, 0, new JsonObject()))];
        var taken = new JsonArray(tensors);
        _layers.Add(new JsonObject
        {
            ["class_name"] = kind,
            ["name"] = name,
            ["config"] = parameters,
            ["inbound_nodes"] = taken.Count == 0 ? new JsonArray() : new JsonArray(taken),
        });
        _last = name;
        return this;
    }

    /// <summary>A weight with values 0, 0.125, 0.25, ...</summary>
    public LayersModelFile Weight(string name, params int[] shape)
    {
        _weights.Add(new JsonObject
        {
            ["name"] = name,
            ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]),
            ["dtype"] = "float32",
        });
        var count = shape.Aggregate(1, (product, extent) => product * extent);
        Span<byte> value = stackalloc byte[4];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(value, i * 0.125f);
            _bytes.AddRange(value);
        }

        return this;
    }

    /// <summary>A convolution with its weights.</summary>
    public LayersModelFile Conv(string name, int before, int filters, string more = "", string[]? inputs = null) => Layer(
            "Conv2D", name, $$"""{"filters":{{filters}},"kernel_size":[3,3],"padding":"same"{{more}}}""", inputs)
        .Weight($"{name}/kernel", 3, 3, before, filters).Weight($"{name}/bias", filters);

    /// <summary>The model's configuration, whose output is the layer added last.</summary>
    public JsonObject Config() => new()
    {
        ["class_name"] = "Functional",
        ["config"] = new JsonObject
        {
            ["name"] = "net",
            ["layers"] = _layers.DeepClone(),
            ["input_layers"] = new JsonArray(new JsonArray("image", 0, 0)),
            ["output_layers"] = new JsonArray(new JsonArray(_last, 0, 0)),
        },
    };

    /// <summary>A sequential model of the layers so far.</summary>
    public JsonObject SequentialConfig() => new()
    {
        ["class_name"] = "Sequential",
        ["config"] = new JsonObject
        {
            ["name"] = "net",
            ["layers"] = new JsonArray([.. _layers.Select(layer => new JsonObject
            {
                ["class_name"] = layer!["class_name"]!.DeepClone(),
                ["config"] = layer["config"]!.DeepClone(),
            })]),
        },
    };

    /// <summary>model.json's text for a configuration, by default <see cref="Config"/>, and the weight file.</summary>
    public (byte[] Json, byte[] Bytes) Parts(JsonObject? config = null) => (
        Encoding.UTF8.GetBytes(new JsonObject
        {
            ["format"] = "layers-model",
            ["modelTopology"] = config ?? Config(),
            ["weightsManifest"] = new JsonArray(
                new JsonObject { ["paths"] = new JsonArray("w.bin"), ["weights"] = _weights.DeepClone() }),
        }.ToJsonString()),
        [.. _bytes]);

    /// <summary>Reads the model that a configuration and the weights so far make.</summary>
    public ModelGraph Read(JsonObject? config = null, ModelReadOptions? options = null)
    {
        var (json, bytes) = Parts(config);
        var path = ModelFile.Save(Encoding.UTF8.GetString(json), ("w.bin", bytes));
        try
        {
            return KerasModelReader.Read(path, options);
        }
        finally
        {
            ModelFile.Delete(path);
        }
    }

    /// <summary>Uses most classes that the reader knows.</summary>
    public static LayersModelFile Valid() => Functional()
        .Layer("Rescaling", "scale", """{"scale":0.5,"offset":[0.1,0.2,0.3]}""")
        .Conv("conv", 3, 4, ""","activation":"relu" """)
        .Layer("BatchNormalization", "bn", """{"axis":[3],"epsilon":0.001}""")
        .Weight("bn/gamma", 4).Weight("bn/beta", 4).Weight("bn/moving_mean", 4).Weight("bn/moving_variance", 4)
        .Layer("DepthwiseConv2D", "deep", """{"kernel_size":3,"padding":"valid","use_bias":false,"dilation_rate":[1,1]}""")
        .Weight("deep/depthwise_kernel", 3, 3, 4, 1)
        .Layer("PReLU", "prelu", """{"shared_axes":[1,2]}""").Weight("prelu/alpha", 1, 1, 4)
        .Layer("ZeroPadding2D", "pad", """{"padding":[[1,1],[1,1]]}""")
        .Layer("Cropping2D", "crop", """{"cropping":[[1,1],[1,1]]}""")
        .Layer("UpSampling2D", "up", """{"size":[2,2],"interpolation":"bilinear"}""")
        .Layer("MaxPooling2D", "pool", """{"pool_size":[2,2],"strides":[2,2],"padding":"same"}""")
        .Layer("ReLU", "relu", """{"max_value":6,"negative_slope":0.1,"threshold":0}""")
        .Layer("Add", "sum", "{}", ["pool", "relu"])
        .Layer("Average", "mean", "{}", ["pool", "relu", "sum"])
        .Layer("Concatenate", "join", """{"axis":-1}""", ["sum", "mean"])
        .Layer("Conv2DTranspose", "wide", """{"filters":2,"kernel_size":2,"strides":[2,2],"padding":"same","use_bias":false}""")
        .Weight("wide/kernel", 2, 2, 2, 8)
        .Layer("Permute", "turn", """{"dims":[2,1,3]}""")
        .Layer("Reshape", "rows", """{"target_shape":[-1,4]}""")
        .Layer("Flatten", "flat", """{"data_format":"channels_last"}""")
        .Layer("Dense", "dense", """{"units":3,"activation":"softmax"}""").Weight("dense/kernel", 288, 3).Weight("dense/bias", 3)
        .Layer("Lambda", "own", """{"function":["4wEAAAA=",null,null]}""")
        .Layer("Activation", "last", """{"activation":"tanh"}""");
}
