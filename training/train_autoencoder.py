"""Trains the convolutional autoencoder that is committed as models/fashion-autoencoder. See README.md.

    OMP_WAIT_POLICY=passive /usr/bin/python3 train_autoencoder.py
"""

import json
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

import fashion_mnist
import photographs
from tfjs_writer import GraphModelWriter

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED, THREADS, STEPS, BATCH, PEAK_RATE, SIZE = 1, 2, 2000, 8, 4e-3, 96
TRAINING = ("astronaut", "coffee", "rocket", "camera", "brick", "grass", "gravel", "china", "flower")
HELD_OUT = "chelsea"
HELD_OUT_GARMENTS = 100


class Autoencoder(nn.Module):
    """96x96x1 to a code of 24x24x4, a quarter as many values, and back. ReLU comes before batch normalisation."""

    def __init__(self):
        super().__init__()
        conv = lambda i, o: nn.Conv2d(i, o, 3, padding=1)
        self.convolutions = nn.ModuleList([conv(1, 32), conv(32, 16), conv(16, 4), conv(4, 16), conv(16, 32), conv(32, 1)])
        self.normalizations = nn.ModuleList(nn.BatchNorm2d(n, eps=1e-3) for n in (32, 16, 4, 16, 32))

    def forward(self, x):
        for i, convolution in enumerate(self.convolutions[:-1]):
            x = self.normalizations[i](F.relu(convolution(x)))
            if i < 2:
                x = F.max_pool2d(x, 2)
            elif i > 2:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        return torch.sigmoid(self.convolutions[-1](x))


def write(network, folder):
    writer = GraphModelWriter(SIZE, SIZE, 1)
    x, size = writer.input, SIZE
    for i, (convolution, normalization) in enumerate(zip(network.convolutions, network.normalizations), 1):
        x = writer.conv2d(f"conv2d_{i}", x, convolution.weight, convolution.bias)
        x = writer.activation("Relu", f"re_lu_{i}", x)
        x = writer.batch_normalization(f"batch_normalization_{i}", x, normalization)
        if i <= 2:
            size //= 2
            x = writer.max_pooling2d(f"max_pooling2d_{i}", x)
        elif i >= 4:
            size *= 2
            x = writer.up_sampling2d(f"up_sampling2d_{i - 3}", x, size, size)
    last = network.convolutions[-1]
    x = writer.conv2d(f"conv2d_{len(network.convolutions)}", x, last.weight, last.bias)
    x = writer.activation("Sigmoid", "sigmoid_1", x)
    return writer.save(folder, x, (SIZE, SIZE, 1), "CnnViz training/train_autoencoder.py")


def garments(images):
    """Fashion-MNIST's 28x28 pictures, enlarged three times (bilinear) within a black margin of 6 px: (n, 1, 96, 96)."""
    pixels = torch.from_numpy(np.float32(images))[:, None] / 255
    return F.pad(F.interpolate(pixels, scale_factor=3.0, mode="bilinear", align_corners=False), (6, 6, 6, 6))


def train(network, random):
    """Half of each batch are crops of photographs, half are garments."""
    clothes = fashion_mnist.read("train")[0]
    pictures = [photographs.gray(name) for name in TRAINING]
    pictures += [photographs.halved(picture) for picture in pictures]
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=STEPS)
    total = 0.0
    for step in range(STEPS):
        chosen = [pictures[i] for i in random.permutation(len(pictures))[:BATCH // 2]]
        crops = torch.from_numpy(photographs.crops(chosen, SIZE, len(chosen), random)[:, None])
        batch = torch.cat([crops, garments(clothes[random.integers(0, len(clothes), BATCH // 2)])])
        loss = F.mse_loss(network(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 200 == 0:
            print(f"step {step + 1}/{STEPS}: mean squared error {total / 200:.5f}", flush=True)
            total = 0.0


def tiles(name):
    """The photograph's whole 96x96 tiles from the top left, in reading order: (n, 1, 96, 96)."""
    picture = photographs.gray(name)
    rows, columns = (extent // SIZE for extent in picture.shape)
    picture = picture[:rows * SIZE, :columns * SIZE].reshape(rows, SIZE, columns, SIZE)
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(0, 2, 1, 3)).reshape(-1, 1, SIZE, SIZE))


def draw(inputs, outputs, path):
    """Inputs above their reconstructions, 4 px apart, on white."""
    row = lambda values: np.concatenate([np.pad(v, 2, constant_values=1) for v in values[:, 0].numpy()], axis=1)
    grid = np.concatenate([row(inputs), row(outputs)], axis=0)
    Image.fromarray(np.uint8(np.rint(grid * 255))).save(path, optimize=True)


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    random = np.random.default_rng(SEED)
    network = Autoencoder()
    started = time.time()
    train(network, random)
    seconds = time.time() - started
    network.eval()
    cats, clothes = tiles(HELD_OUT), garments(fashion_mnist.read("t10k")[0][:HELD_OUT_GARMENTS])
    with torch.no_grad():
        cats_again, clothes_again = network(cats), network(clothes)
    size = write(network, ROOT / "models" / "fashion-autoencoder")
    shown = lambda photograph, garment: torch.cat([photograph[4:8], garment[:4]])
    figure = ROOT / "training" / "figures" / "fashion-autoencoder.png"
    draw(shown(cats, clothes), shown(cats_again, clothes_again), figure)
    by_means = F.interpolate(F.avg_pool2d(cats, 4), scale_factor=4.0)
    figures = {
        "seed": SEED,
        "threads": THREADS,
        "steps": STEPS,
        "batch": BATCH,
        "training_seconds": round(seconds),
        "parameters": sum(p.numel() for p in network.parameters())
                      + 2 * sum(n.num_features for n in network.normalizations),
        "files_bytes": size,
        "held_out_photograph": HELD_OUT,
        "held_out_tiles": len(cats),
        "held_out_mean_squared_error": F.mse_loss(cats_again, cats).item(),
        "held_out_variance": cats.var(dim=(1, 2, 3)).mean().item(),
        "mean_squared_error_of_4x4_means": F.mse_loss(by_means, cats).item(),
        "garments": len(clothes),
        "garments_mean_squared_error": F.mse_loss(clothes_again, clothes).item(),
    }
    (ROOT / "training" / "figures" / "fashion-autoencoder.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
