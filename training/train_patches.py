"""Trains the self-supervised network that is committed as models/patches. See README.md.

    OMP_WAIT_POLICY=passive /usr/bin/python3 train_patches.py

The first layer is the independent component analysis of colour patches of photographs: FastICA (Hyvärinen and Oja, 2000,
"Independent component analysis: algorithms and applications") with tanh and symmetric decorrelation, on patches whitened by their
principal components. The layers behind it then learn to tell by how many quarter turns a crop was rotated (Gidaris, Singh and
Komodakis, 2018, "Unsupervised representation learning by predicting image rotations"). No labels are used anywhere.
"""

import json
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

import photographs
from tfjs_writer import GraphModelWriter

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED, THREADS = 1, 2
FILTERS, KERNEL, PATCHES, ITERATIONS = 64, 9, 50_000, 120
STEPS, BATCH, PEAK_RATE, SIZE, DECLARED_SIZE = 900, 64, 4e-3, 64, 96
TRAINING = ("astronaut", "coffee", "rocket", "china", "flower")
HELD_OUT = "chelsea"


def independent_components(pictures, random):
    """FILTERS kernels (filters, kh, kw, 3) whose responses to patches have mean 0 and variance 1, their biases, and the
    responses' mean excess kurtosis."""
    patches = photographs.crops(pictures, KERNEL, PATCHES, random).reshape(PATCHES, -1).astype(np.float64)
    patches -= patches.mean(axis=1, keepdims=True)  # Brightness says nothing about structure.
    mean = patches.mean(axis=0)
    patches -= mean
    variances, axes = np.linalg.eigh(patches.T @ patches / PATCHES)
    whitening = (axes / np.sqrt(np.maximum(variances, 1e-12))).T[::-1][:FILTERS]
    white = np.ascontiguousarray((patches @ whitening.T).astype(np.float32))
    unmixing = np.linalg.qr(random.normal(size=(FILTERS, FILTERS)))[0].astype(np.float32)
    for _ in range(ITERATIONS):
        responses = np.tanh(white @ unmixing.T)
        step = responses.T @ white / PATCHES - (1 - responses**2).mean(axis=0)[:, None] * unmixing
        left, _, right = np.linalg.svd(step)
        unmixing = left @ right
    responses = white @ unmixing.T
    # Behind a ReLU the longer tail is the one to keep.
    unmixing *= np.sign((responses**3).mean(axis=0))[:, None]
    filters = unmixing @ whitening
    filters -= filters.mean(axis=1, keepdims=True)  # As the patches' own mean was taken off.
    kernels = filters.reshape(FILTERS, KERNEL, KERNEL, 3)
    order = np.argsort(color_share(kernels), kind="stable")
    biases = -filters @ mean
    kurtosis = float(((responses**4).mean(axis=0) - 3).mean())
    return kernels[order].astype(np.float32), biases[order].astype(np.float32), kurtosis


def color_share(kernels):
    """How much of a filter's energy is not common to red, green and blue: 0 (grey) to 1."""
    gray = kernels.mean(axis=-1, keepdims=True)
    return ((kernels - gray)**2).sum(axis=(1, 2, 3)) / (kernels**2).sum(axis=(1, 2, 3))


class Patches(nn.Module):
    """The fixed first layer and two trained ones; any input size."""

    def __init__(self, kernels, biases):
        super().__init__()
        self.first = nn.Conv2d(3, FILTERS, KERNEL, stride=2)
        self.first.weight.data = torch.from_numpy(np.ascontiguousarray(kernels.transpose(0, 3, 1, 2)))
        self.first.bias.data = torch.from_numpy(biases)
        self.first.requires_grad_(False)
        self.convolutions = nn.ModuleList([nn.Conv2d(FILTERS, 96, 3, padding=1), nn.Conv2d(96, 128, 3, padding=1)])
        self.normalizations = nn.ModuleList([nn.BatchNorm2d(96, eps=1e-3), nn.BatchNorm2d(128, eps=1e-3)])
        self.turns = nn.Linear(128, 4)

    def forward(self, x):
        x = F.relu(self.first(F.pad(x, (3, 4, 3, 4))))  # TensorFlow's SAME at stride 2 and even sizes.
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            x = F.relu(normalization(convolution(F.max_pool2d(x, 2))))
        return self.turns(x.mean(dim=(2, 3)))


def write(network, folder):
    writer = GraphModelWriter(DECLARED_SIZE, DECLARED_SIZE, 3)
    x = writer.conv2d("conv2d_1", writer.input, network.first.weight, network.first.bias, stride=2)
    x = writer.activation("Relu", "re_lu_1", x)
    for i, (convolution, normalization) in enumerate(zip(network.convolutions, network.normalizations), 2):
        x = writer.max_pooling2d(f"max_pooling2d_{i - 1}", x)
        x = writer.conv2d(f"conv2d_{i}", x, convolution.weight, convolution.bias)
        x = writer.batch_normalization(f"batch_normalization_{i - 1}", x, normalization)
        x = writer.activation("Relu", f"re_lu_{i}", x)
    x = writer.global_average_pooling2d("global_average_pooling2d_1", x)
    x = writer.dense("dense_1", x, network.turns.weight, network.turns.bias)
    x = writer.activation("Softmax", "softmax_1", x)
    return writer.save(folder, x, (4,), "CnnViz training/train_patches.py")


def rotated(crops, turns):
    """Each (height, width, 3) crop turned counter-clockwise by its number of quarter turns: (n, 3, height, width)."""
    out = np.stack([np.rot90(crop, turn) for crop, turn in zip(crops, turns)])
    return torch.from_numpy(np.ascontiguousarray(out.transpose(0, 3, 1, 2)))


def train(network, pictures, random):
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=STEPS)
    total = 0.0
    for step in range(STEPS):
        turns = random.integers(0, 4, BATCH)
        crops = rotated(photographs.crops(pictures, SIZE, BATCH, random), turns)
        loss = F.cross_entropy(network(crops), torch.from_numpy(turns))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}/{STEPS}: loss {total / 100:.4f}", flush=True)
            total = 0.0


def accuracy(network, pictures, random, count=1000):
    turns = random.integers(0, 4, count)
    crops = rotated(photographs.crops(pictures, SIZE, count, random), turns)
    with torch.no_grad():
        predicted = torch.cat([network(part).argmax(dim=1) for part in crops.split(100)])
    return (predicted.numpy() == turns).mean().item()


def draw(kernels, path, columns=8, scale=6, margin=2):
    """A grid of colour tiles, each scaled symmetrically about zero: 0 is mid-grey."""
    enlarged = lambda kernel: np.kron(kernel / np.abs(kernel).max() * 0.5 + 0.5, np.ones((scale, scale, 1)))
    tile = lambda kernel: np.pad(enlarged(kernel), ((margin, margin), (margin, margin), (0, 0)))
    rows = [np.concatenate([tile(k) for k in kernels[i:i + columns]], axis=1) for i in range(0, len(kernels), columns)]
    Image.fromarray(np.uint8(np.rint(np.concatenate(rows) * 255))).save(path, optimize=True)


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    random = np.random.default_rng(SEED)
    pictures = [photographs.color(name) for name in TRAINING]
    pictures += [photographs.halved(picture) for picture in pictures]
    started = time.time()
    kernels, biases, kurtosis = independent_components(pictures, random)
    print(f"first layer: {time.time() - started:.0f} s, mean excess kurtosis {kurtosis:.1f}", flush=True)
    draw(kernels, ROOT / "training" / "figures" / "patches.png")
    network = Patches(kernels, biases)
    train(network, pictures, random)
    seconds = time.time() - started
    network.eval()
    figures = {
        "seed": SEED,
        "threads": THREADS,
        "patches": PATCHES,
        "ica_iterations": ITERATIONS,
        "rotation_steps": STEPS,
        "training_seconds": round(seconds),
        "parameters": sum(p.numel() for p in network.parameters())
                      + 2 * sum(n.num_features for n in network.normalizations),
        "files_bytes": write(network, ROOT / "models" / "patches"),
        "mean_excess_kurtosis": kurtosis,
        "colored_filters": int((color_share(kernels) > 0.5).sum()),
        "rotation_accuracy_training_photographs": accuracy(network, pictures, random),
        "held_out_photograph": HELD_OUT,
        "rotation_accuracy_held_out": accuracy(network, [photographs.color(HELD_OUT)], random),
    }
    (ROOT / "training" / "figures" / "patches.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
