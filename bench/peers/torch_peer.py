"""A straight port to PyTorch of one of the bench's jobs, as one would write it from its description.

torch_peer.py JOB, where JOB is JSON: {"job": "step" | "forward" | "lucid", "network": file, "threads": n, "height": h,
"width": w, "batch": n, "channels_last": bool, "border": cells, "images": images per repetition, "steps": steps per repetition}.
"""

import json
import os
import sys

import torch

from lucid import LucidAscent
from network import Network, picture_input
from protocol import serve


class Step:
    """The Keras recipe's ascent: forward, gradient of the channels' means, normalized step, on raw pixels."""

    def __init__(self, job):
        self.job = job
        self.network = Network(job["network"])
        self.prepare = picture_input(self.network.description["input"])
        self.format = memory_format(job)
        self.network.to(memory_format=self.format)

    def gradient(self, pictures, filters):
        """The gradient of each picture's own filter, and the objectives."""
        pictures = pictures.detach().to(memory_format=self.format).requires_grad_()
        (maps,) = self.network(self.prepare(pictures))
        border = self.job["border"]
        inner = maps[:, :, border:maps.shape[2] - border, border:maps.shape[3] - border]
        objectives = inner[torch.arange(len(filters)), filters].mean(dim=(1, 2))
        (gradient,) = torch.autograd.grad(objectives.sum(), pictures)
        return gradient, objectives.detach()

    def ascend(self, filters, steps):
        pictures = (torch.rand(len(filters), 3, self.job["height"], self.job["width"]) - 0.5) * 0.25
        for _ in range(steps):
            gradient, _ = self.gradient(pictures, filters)
            length = gradient.square().sum(dim=(1, 2, 3), keepdim=True).clamp_min(1e-12).sqrt()
            pictures = pictures + 10 * gradient / length
        return pictures

    def repeat(self):
        batch = self.job["batch"]
        for first in range(0, self.job["images"], batch):
            self.ascend(torch.arange(first, min(first + batch, self.job["images"])), self.job["steps"])

    def check(self, values):
        picture = torch.from_numpy(values).reshape(1, 3, self.job["height"], self.job["width"])
        gradient, objectives = self.gradient(picture, torch.tensor([0]))
        return [objectives.numpy(), gradient.contiguous().numpy()]


class Forward:
    """One pass over one picture, all targets' maps kept in channel order."""

    def __init__(self, job):
        self.job = job
        self.network = Network(job["network"])
        self.format = memory_format(job)
        self.network.to(memory_format=self.format)
        self.picture = torch.rand(1, 3, job["height"], job["width"]) - 0.5

    @torch.inference_mode()
    def maps(self, picture):
        return [output.contiguous() for output in self.network(picture.to(memory_format=self.format))]

    def repeat(self):
        self.maps(self.picture)

    def check(self, values):
        picture = torch.from_numpy(values).reshape(1, 3, self.job["height"], self.job["width"])
        return [output.numpy() for output in self.maps(picture)]


def memory_format(job):
    return torch.channels_last if job["channels_last"] else torch.contiguous_format


def main():
    job = json.loads(sys.argv[1])
    torch.set_num_threads(job["threads"])
    torch.manual_seed(1)
    port = {"step": Step, "forward": Forward, "lucid": LucidAscent}[job["job"]](job)
    idle = "sleep" if os.environ.get("OMP_WAIT_POLICY") == "passive" else "spin"
    serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads that {idle} when idle", port.repeat, port.check)


if __name__ == "__main__":
    main()
