"""A straight port to PyTorch of the lucid recipe: Fourier pictures in decorrelated colours, random transforms, Adam."""

import math

import torch
from torch.nn import functional as F

from network import Network, picture_input

COLORS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]]) / 0.46195


class LucidAscent:
    """Batches of filters, each batch under transforms of its own: one draw per step, shared by the batch."""

    def __init__(self, job):
        self.job = job
        self.network = Network(job["network"])
        self.prepare = picture_input(self.network.description["input"])
        self.format = torch.channels_last if job["channels_last"] else torch.contiguous_format
        self.network.to(memory_format=self.format)
        height, width = job["height"], job["width"]
        rows = torch.fft.fftfreq(height)[:, None]
        columns = torch.fft.rfftfreq(width)[None, :]
        frequency = torch.sqrt(rows * rows + columns * columns).clamp_min(1 / max(height, width))
        self.scale = math.sqrt(height * width) / frequency

    def picture(self, spectrum):
        """Red, green and blue in 0..1 of spectra (batch, 3, height, width / 2 + 1, 2)."""
        size = (self.job["height"], self.job["width"])
        channels = torch.fft.irfft2(torch.view_as_complex(spectrum) * self.scale, s=size) / 4
        return torch.sigmoid(torch.einsum("rc,nchw->nrhw", COLORS, channels))

    def transform(self, pictures):
        """Pad, crop, scale, turn, crop; then the middle, of the picture's own size."""
        height, width = self.job["height"], self.job["width"]
        pictures = crop(F.pad(pictures, (12, 12, 12, 12), value=0.5), 8)
        scale = 0.9 + 0.02 * integer(0, 10)
        size = [round(extent * scale) for extent in pictures.shape[2:]]
        pictures = F.interpolate(pictures, size=size, mode="bilinear", align_corners=False)
        pictures = crop(turn(pictures, integer(-10, 10)), 4)
        top, left = (pictures.shape[2] - height) // 2, (pictures.shape[3] - width) // 2
        bottom, right = pictures.shape[2] - height - top, pictures.shape[3] - width - left
        return F.pad(pictures, (-left, -right, -top, -bottom), value=0.5)

    def objectives(self, pictures, filters):
        """Means of the filters' maps without their border, for pictures in -1..1."""
        (maps,) = self.network(self.prepare(pictures.contiguous(memory_format=self.format)))
        border = self.job["border"]
        inner = maps[:, :, border:maps.shape[2] - border, border:maps.shape[3] - border]
        return inner[torch.arange(len(filters)), filters].mean(dim=(1, 2))

    def ascend(self, filters, steps):
        shape = (len(filters), 3, self.job["height"], self.job["width"] // 2 + 1, 2)
        spectrum = (torch.randn(shape) * 0.01).requires_grad_()
        optimizer = torch.optim.Adam([spectrum], lr=0.05)
        for _ in range(steps):
            optimizer.zero_grad()
            seen = self.transform(self.picture(spectrum))
            (-self.objectives(2 * seen - 1, filters).sum()).backward()
            optimizer.step()

    def repeat(self):
        batch = self.job["batch"]
        for first in range(0, self.job["images"], batch):
            self.ascend(torch.arange(first, min(first + batch, self.job["images"])), self.job["steps"])

    def check(self, values):
        """The objective of filter 0 for a picture in -1..1, and its gradient."""
        picture = torch.from_numpy(values).reshape(1, 3, self.job["height"], self.job["width"]).requires_grad_()
        objectives = self.objectives(picture, torch.tensor([0]))
        (gradient,) = torch.autograd.grad(objectives.sum(), picture)
        return [objectives.detach().numpy(), gradient.contiguous().numpy()]


def integer(low, high):
    return int(torch.randint(low, high + 1, ()))


def crop(pictures, pixels):
    """As many rows and columns less, taken off at random."""
    top, left = integer(0, pixels), integer(0, pixels)
    height, width = pictures.shape[2] - pixels, pictures.shape[3] - pixels
    return pictures[:, :, top:top + height, left:left + width]


def turn(pictures, degrees):
    """Turned about the middle; what comes in from outside is mid grey."""
    angle = math.radians(degrees)
    ratio = pictures.shape[3] / pictures.shape[2]
    cosine, sine = math.cos(angle), math.sin(angle)
    rows = torch.tensor([[cosine, -sine / ratio, 0.0], [sine * ratio, cosine, 0.0]])
    grid = F.affine_grid(rows.expand(len(pictures), 2, 3), list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures - 0.5, grid, mode="bilinear", padding_mode="zeros", align_corners=False) + 0.5
