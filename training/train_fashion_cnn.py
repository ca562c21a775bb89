"""Trains the Fashion-MNIST classifier that is committed as models/fashion-cnn. See README.md.

    OMP_WAIT_POLICY=passive /usr/bin/python3 train_fashion_cnn.py
"""

import json
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import fashion_mnist
from tfjs_writer import GraphModelWriter

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED, THREADS, EPOCHS, BATCH, PEAK_RATE = 1, 2, 5, 128, 3e-3
CHANNELS = (32, 48, 64)
KERNELS = (5, 3, 3)
HIDDEN = 64


class FashionCnn(nn.Module):
    """Three times convolution, batch normalisation, ReLU and 2x2 max pooling; then two dense layers."""

    def __init__(self):
        super().__init__()
        inputs = (1, *CHANNELS[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, k, padding=k // 2) for i, o, k in zip(inputs, CHANNELS, KERNELS))
        self.normalizations = nn.ModuleList(nn.BatchNorm2d(o, eps=1e-3) for o in CHANNELS)
        self.dense_1 = nn.Linear(3 * 3 * CHANNELS[-1], HIDDEN)
        self.dense_2 = nn.Linear(HIDDEN, 10)

    def forward(self, x):
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            x = F.max_pool2d(F.relu(normalization(convolution(x))), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # Keras flattens channels last.
        x = F.dropout(F.relu(self.dense_1(x)), 0.25, self.training)
        return self.dense_2(x)


def write(network, folder):
    writer = GraphModelWriter(28, 28, 1)
    x = writer.input
    for i, (convolution, normalization) in enumerate(zip(network.convolutions, network.normalizations), 1):
        x = writer.conv2d(f"conv2d_{i}", x, convolution.weight, convolution.bias)
        x = writer.batch_normalization(f"batch_normalization_{i}", x, normalization)
        x = writer.activation("Relu", f"re_lu_{i}", x)
        x = writer.max_pooling2d(f"max_pooling2d_{i}", x)
    x = writer.flatten("flatten_1", x, 3 * 3 * CHANNELS[-1])
    x = writer.dense("dense_1", x, network.dense_1.weight, network.dense_1.bias)
    x = writer.activation("Relu", "re_lu_4", x)
    x = writer.dense("dense_2", x, network.dense_2.weight, network.dense_2.bias)
    x = writer.activation("Softmax", "softmax_1", x)
    return writer.save(folder, x, (10,), "CnnViz training/train_fashion_cnn.py")


def train(network, images, labels):
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    steps = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=EPOCHS * steps)
    for epoch in range(EPOCHS):
        started, order, total = time.time(), torch.randperm(len(images)), 0.0
        for step in range(steps):
            chosen = order[step * BATCH:(step + 1) * BATCH]
            batch = images[chosen]
            mirrored = torch.rand(BATCH) < 0.5
            batch[mirrored] = batch[mirrored].flip(-1)
            loss = F.cross_entropy(network(batch), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{EPOCHS}: loss {total / steps:.4f}, {time.time() - started:.0f} s", flush=True)


def correct(network, images, labels):
    """Which pictures the network names rightly."""
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part).argmax(1) for part in images.split(500)]) == labels


def tensors(part):
    images, labels = fashion_mnist.read(part)
    return torch.from_numpy(images.astype(np.float32)[:, None] / 255), torch.from_numpy(labels.astype(np.int64))


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    (images, labels), test = tensors("train"), tensors("t10k")
    network = FashionCnn()
    started = time.time()
    train(network, images, labels)
    seconds = time.time() - started
    right = correct(network, *test)
    size = write(network, ROOT / "models" / "fashion-cnn")
    figures = {
        "seed": SEED,
        "threads": THREADS,
        "epochs": EPOCHS,
        "training_seconds": round(seconds),
        "parameters": sum(p.numel() for p in network.parameters()) + 2 * sum(CHANNELS),
        "files_bytes": size,
        "test_images": len(right),
        "test_accuracy": right.float().mean().item(),
        "test_accuracy_first_1000": right[:1000].float().mean().item(),
    }
    (ROOT / "training" / "figures" / "fashion-cnn.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
