"""Makes a PyTorch network with random weights, writes them as safetensors and says what it computes.

Usage: torch_networks.py resnet18|resnet50|vgg16|vgg16-timm F32|F16|BF16 SIZE FOLDER

FOLDER receives model.safetensors, input.bin (float32, a picture's (p - 127.5) / 63.75 with p in 0..255) and logits.bin (float64). Modules are named as torchvision's (or timm's)
are; the file is written from the format's description, with an int64 tensor per normalization as PyTorch has it.
"""
import json
import struct
import sys

import torch
from torch import nn

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}


class Block(nn.Module):
    def __init__(self, channels, width, stride, bottleneck):
        super().__init__()
        made = 4 * width if bottleneck else width
        sizes = [(width, 1, 1), (width, 3, stride), (made, 1, 1)] if bottleneck else [(width, 3, stride), (made, 3, 1)]
        before = channels
        for i, (filters, size, step) in enumerate(sizes, 1):
            setattr(self, f"conv{i}", nn.Conv2d(before, filters, size, step, size // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(filters))
            before = filters
        self.count = len(sizes)
        self.downsample = None
        if stride > 1 or channels != made:
            self.downsample = nn.Sequential(nn.Conv2d(channels, made, 1, stride, bias=False), nn.BatchNorm2d(made))

    def forward(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = torch.relu(y) if i < self.count else y
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, blocks, bottleneck):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        channels = 64
        for stage, count in enumerate(blocks):
            layers = []
            for i in range(count):
                width = 64 << stage
                layers.append(Block(channels, width, 2 if stage > 0 and i == 0 else 1, bottleneck))
                channels = 4 * width if bottleneck else width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(channels, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def features(blocks):
    layers, channels = [], 3
    for filters, count in blocks:
        for _ in range(count):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class Vgg(nn.Module):
    """torchvision's: dense layers over the flattened map."""

    def __init__(self, blocks):
        super().__init__()
        self.features = features(blocks)
        self.classifier = nn.Sequential(
            nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
            nn.Linear(4096, 1000))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class TimmVgg(nn.Module):
    """timm's: the hidden layers are convolutions."""

    def __init__(self, blocks):
        super().__init__()
        self.features = features(blocks)
        self.pre_logits = nn.ModuleDict({"fc1": nn.Conv2d(512, 4096, 7), "fc2": nn.Conv2d(4096, 4096, 1)})
        self.head = nn.ModuleDict({"fc": nn.Linear(4096, 1000)})

    def forward(self, x):
        x = torch.relu(self.pre_logits["fc2"](torch.relu(self.pre_logits["fc1"](self.features(x)))))
        return self.head["fc"](x.flatten(1))


def scatter(network):
    """He's law for kernels; biases, scales and statistics that are not all 0 or 1."""
    generator = torch.Generator().manual_seed(7)
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.fill_(1000)
        elif tensor.dim() > 1:
            tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5, generator=generator)
        elif name.endswith("running_var") or name.endswith("weight"):
            tensor.uniform_(0.7, 1.3, generator=generator)
        else:
            tensor.normal_(0, 0.1, generator=generator)


def write(path, tensors):
    """8 bytes of length, the table, the values."""
    names = {kind: name for name, kind in TYPES.items()}
    table, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        end = offset + tensor.numel() * tensor.element_size()
        table[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    header = json.dumps(table).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(header)) + header)
        for tensor in tensors.values():
            raw = tensor.contiguous()
            f.write((raw.view(torch.int16) if raw.dtype == torch.bfloat16 else raw).numpy().tobytes())


def main(name, kind, size, folder):
    torch.set_num_threads(1)
    # scatter() gives every weight its value.
    nn.Linear.reset_parameters = nn.Conv2d.reset_parameters = lambda self: None
    blocks = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
    network = {
        "resnet18": lambda: ResNet([2, 2, 2, 2], False),
        "resnet50": lambda: ResNet([3, 4, 6, 3], True),
        "vgg16": lambda: Vgg(blocks),
        "vgg16-timm": lambda: TimmVgg(blocks),
    }[name]()
    with torch.no_grad():
        scatter(network)
        state = network.state_dict()
        stored = {key: value if value.dtype == torch.int64 else value.to(TYPES[kind]) for key, value in state.items()}
        write(f"{folder}/model.safetensors", stored)
        network.load_state_dict({key: value.float() if value.dtype != torch.int64 else value for key, value in stored.items()})
        network.eval().to(torch.float64 if name.startswith("resnet") else torch.float32)
        pixels = torch.randint(0, 256, (1, 3, int(size), int(size)), generator=torch.Generator().manual_seed(8))
        images = (pixels.float() - 127.5) / 63.75
        logits = network(images.to(next(network.parameters()).dtype))
    images.numpy().astype("<f4").tofile(f"{folder}/input.bin")
    logits.numpy().astype("<f8").tofile(f"{folder}/logits.bin")


if __name__ == "__main__":
    main(*sys.argv[1:])
