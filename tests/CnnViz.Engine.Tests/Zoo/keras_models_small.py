"""MobileNets, DenseNet121, InceptionV3, EfficientNetB0 and SqueezeNet for keras_models.py, at sizes that are multiples of 32."""
import math

import torch
import torch.nn.functional as F


def same2(x, kernel=3):
    """TensorFlow's padding before a stride of 2 over an even map: one cell less above and to the left."""
    before, after = kernel // 2 - 1, kernel // 2
    return F.pad(x, (before, after, before, after))


def mobilenet(w, x):
    def norm(y, name):
        return F.relu6(w.norm(y, f"{name}_bn", eps=1e-3))

    x = norm(w.conv(same2(x), "conv1", stride=2, bias=False), "conv1")
    for i, stride in enumerate([1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1], 1):
        x = w.depthwise(same2(x), f"conv_dw_{i}", 2) if stride == 2 else w.depthwise(x, f"conv_dw_{i}", 1, 1)
        x = norm(w.conv(norm(x, f"conv_dw_{i}"), f"conv_pw_{i}", bias=False), f"conv_pw_{i}")
        yield f"conv_pw_{i}_relu", x
    x = x.mean((2, 3), keepdim=True)
    if "conv_preds/kernel" in w.table:
        yield "predictions", torch.softmax(w.conv(x, "conv_preds").flatten(1), 1)


def mobilenetv2(w, x):
    def norm(y, name):
        return w.norm(y, name, eps=1e-3)

    x = F.relu6(norm(w.conv(same2(x), "Conv1", stride=2, bias=False), "bn_Conv1"))
    index = 0
    for expansion, filters, count, first_stride in [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for block in range(count):
            stride = first_stride if block == 0 else 1
            prefix = f"block_{index}_" if index else "expanded_conv_"
            y = x
            if expansion > 1:
                y = F.relu6(norm(w.conv(y, f"{prefix}expand", bias=False), f"{prefix}expand_BN"))
            y = w.depthwise(same2(y), f"{prefix}depthwise", 2) if stride == 2 else w.depthwise(y, f"{prefix}depthwise", 1, 1)
            y = F.relu6(norm(y, f"{prefix}depthwise_BN"))
            y = norm(w.conv(y, f"{prefix}project", bias=False), f"{prefix}project_BN")
            x = x + y if stride == 1 and x.shape[1] == filters else y
            index += 1
    yield "out_relu", F.relu6(norm(w.conv(x, "Conv_1", bias=False), "Conv_1_bn"))


def densenet121(w, x):
    def pre(y, conv, name, padding=0):
        return w.conv(F.relu(w.norm(y, f"{name}_bn")), conv, padding=padding, bias=False)

    x = F.relu(w.norm(w.conv(x, "conv1/conv", stride=2, padding=3, bias=False), "conv1/bn"))
    x = F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)
    for stage, layers in enumerate([6, 12, 24, 16], 2):
        for i in range(1, layers + 1):
            name = f"conv{stage}_block{i}"
            y = pre(pre(x, f"{name}_1_conv", f"{name}_0"), f"{name}_2_conv", f"{name}_1", 1)
            x = torch.cat([x, y], 1)
            yield f"{name}_concat", x
        if stage < 5:
            x = F.avg_pool2d(pre(x, f"pool{stage}_conv", f"pool{stage}"), 2)
            yield f"pool{stage}_pool", x
    yield "relu", F.relu(w.norm(x, "bn"))


def inceptionv3(w, x):
    count = 0

    def conv(y, stride=1, padding="same"):
        """The next convolution in Keras' numbering; its kernel alone tells its width and extents."""
        nonlocal count
        suffix = f"_{count}" if count else ""
        count += 1
        kh, kw = w.table[f"conv2d{suffix}/kernel"][1][:2]
        pads = (kh // 2, kw // 2) if padding == "same" else 0
        y = w.conv(y, f"conv2d{suffix}", stride, pads, bias=False)
        return F.relu(w.norm(y, f"batch_normalization{suffix}", eps=1e-3, scale=False))

    def chain(y, length):
        for _ in range(length):
            y = conv(y)
        return y

    def mean(y):
        return F.avg_pool2d(y, 3, 1, 1, count_include_pad=False)

    x = conv(conv(conv(x, 2, "valid"), 1, "valid"))
    x = conv(conv(F.max_pool2d(x, 3, 2)), 1, "valid")
    x = F.max_pool2d(x, 3, 2)
    for i in range(3):
        x = torch.cat([chain(x, 1), chain(x, 2), chain(x, 3), conv(mean(x))], 1)
        yield f"mixed{i}", x
    x = torch.cat([conv(x, 2, "valid"), conv(chain(x, 2), 2, "valid"), F.max_pool2d(x, 3, 2)], 1)
    yield "mixed3", x
    for i in range(4, 8):
        x = torch.cat([chain(x, 1), chain(x, 3), chain(x, 5), conv(mean(x))], 1)
        yield f"mixed{i}", x
    x = torch.cat([conv(conv(x), 2, "valid"), conv(chain(x, 3), 2, "valid"), F.max_pool2d(x, 3, 2)], 1)
    yield "mixed8", x
    for i in (9, 10):
        one = conv(x)
        three = conv(x)
        three = torch.cat([conv(three), conv(three)], 1)
        double = chain(x, 2)
        double = torch.cat([conv(double), conv(double)], 1)
        x = torch.cat([one, three, double, conv(mean(x))], 1)
        yield f"mixed{i}", x


def efficientnetb0(w, x):
    def norm(y, name):
        return w.norm(y, name, eps=1e-3)

    x = (x / 255 - w("normalization/mean")[:, None, None]) / w("normalization/variance").sqrt()[:, None, None]
    x = x * torch.tensor([1 / math.sqrt(s) for s in (0.229, 0.224, 0.225)], dtype=x.dtype)[:, None, None]
    x = F.silu(norm(w.conv(same2(x), "stem_conv", stride=2, bias=False), "stem_bn"))
    for stage, (kernel, count, filters, expansion, first_stride) in enumerate(
            [(3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
             (3, 1, 320, 6, 1)], 1):
        for block in range(count):
            prefix = f"block{stage}{'abcd'[block]}_"
            y = x
            if expansion > 1:
                y = F.silu(norm(w.conv(y, f"{prefix}expand_conv", bias=False), f"{prefix}expand_bn"))
            if block == 0 and first_stride == 2:
                y = w.depthwise(same2(y, kernel), f"{prefix}dwconv", 2)
            else:
                y = w.depthwise(y, f"{prefix}dwconv", 1, kernel // 2)
            y = F.silu(norm(y, f"{prefix}bn"))
            gate = F.silu(w.conv(y.mean((2, 3), keepdim=True), f"{prefix}se_reduce"))
            y = y * torch.sigmoid(w.conv(gate, f"{prefix}se_expand"))
            y = norm(w.conv(y, f"{prefix}project_conv", bias=False), f"{prefix}project_bn")
            x = x + y if block > 0 else y
    yield "top_activation", F.silu(norm(w.conv(x, "top_conv", bias=False), "top_bn"))


def squeezenet(w, x):
    x = F.max_pool2d(F.relu(w.conv(x, "conv1", stride=2)), 3, 2)
    for i in range(2, 10):
        y = F.relu(w.conv(x, f"fire{i}/squeeze1x1"))
        x = torch.cat([F.relu(w.conv(y, f"fire{i}/expand1x1")), F.relu(w.conv(y, f"fire{i}/expand3x3", padding=1))], 1)
        yield f"fire{i}/concat", x
        if i in (3, 5):
            x = F.max_pool2d(x, 3, 2)
    if "conv10/kernel" in w.table:
        yield "loss", torch.softmax(F.relu(w.conv(x, "conv10")).mean((2, 3)), 1)
