"""Double-precision references for the maximization modules, on numpy and PyTorch.

Reads one JSON object from stdin, whose "what" names a function below, and writes one JSON object to stdout. Arrays travel flat.
"""
import json
import math
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
COLOR = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]) / 0.46195


def irfft2(q):
    h, w = q["height"], q["width"]
    z = (np.array(q["re"]) + 1j * np.array(q["im"])).reshape(h, w // 2 + 1)
    return {"image": np.fft.irfft2(z, s=(h, w)).ravel().tolist()}


def rfft2(q):
    z = np.fft.rfft2(np.array(q["image"]).reshape(q["height"], q["width"]))
    return {"re": z.real.ravel().tolist(), "im": z.imag.ravel().tolist()}


def fourier_picture(parameters, c, h, w):
    """(c, 2, h, w/2+1) coefficients to a picture in [-1, 1]."""
    fy = np.fft.fftfreq(h)[:, None]
    fx = np.fft.rfftfreq(w)[None, :]
    scale = math.sqrt(h * w) / np.maximum(np.sqrt(fx * fx + fy * fy), 1 / max(h, w))
    z = torch.complex(parameters[:, 0], parameters[:, 1]) * torch.tensor(scale)
    planes = torch.fft.irfft2(z, s=(h, w)) / 4
    if c == 3:
        planes = torch.einsum("rc,chw->rhw", COLOR, planes)
    return 2 * torch.sigmoid(planes) - 1


def fourier(q):
    c, h, w = q["channels"], q["height"], q["width"]
    parameters = torch.tensor(q["parameters"]).reshape(c, 2, h, w // 2 + 1).requires_grad_()
    image = fourier_picture(parameters, c, h, w)
    image.backward(torch.tensor(q["gradient"]).reshape(c, h, w))
    return {"image": image.detach().ravel().tolist(), "gradient": parameters.grad.ravel().tolist()}


def grid_sample(q):
    c, h, w = q["channels"], q["height"], q["width"]
    xx, xy, x0, yx, yy, y0 = q["map"]
    y, x = torch.meshgrid(torch.arange(h) * 1.0, torch.arange(w) * 1.0, indexing="ij")
    # Pixel centres to grid_sample's [-1, 1] over the outer edges.
    gx = (2 * (xx * x + xy * y + x0) + 1) / w - 1
    gy = (2 * (yx * x + yy * y + y0) + 1) / h - 1
    image = torch.tensor(q["image"]).reshape(1, c, h, w).requires_grad_()
    sampled = torch.nn.functional.grid_sample(
        image, torch.stack([gx, gy], -1)[None], mode="bilinear", padding_mode=q["padding"], align_corners=False)
    sampled.backward(torch.tensor(q["gradient"]).reshape(1, c, h, w))
    return {"sampled": sampled.detach().ravel().tolist(), "gradient": image.grad.ravel().tolist()}


def adam(q):
    x = torch.tensor(q["start"]).requires_grad_()
    optimiser = torch.optim.Adam([x], lr=q["rate"], betas=(q["beta1"], q["beta2"]), eps=q["epsilon"])
    for gradient in q["gradients"]:
        x.grad = -torch.tensor(gradient)
        optimiser.step()
    return {"end": x.detach().tolist()}


def nadam(q):
    """PyTorch's own, uphill: the implementation for lists of tensors, since 1.13's for single ones takes the momentum into the
    product one time too many."""
    x = torch.tensor(q["start"]).requires_grad_()
    optimiser = torch.optim.NAdam([x], lr=q["rate"], betas=(q["beta1"], q["beta2"]), eps=q["epsilon"], foreach=True)
    for gradient in q["gradients"]:
        x.grad = -torch.tensor(gradient)
        optimiser.step()
    return {"end": x.detach().tolist()}


def standardize(x):
    return (x - x.mean()) / (x.std(unbiased=False) + 1e-4)


def maco(q):
    c, h, w = q["channels"], q["height"], q["width"]
    phases = torch.tensor(q["parameters"]).reshape(c, h, w // 2 + 1).requires_grad_()
    z = torch.tensor(q["magnitudes"]).reshape(c, h, w // 2 + 1) * torch.exp(1j * standardize(phases))
    planes = standardize(torch.fft.irfft2(z, s=(h, w)))
    if c == 3:
        planes = torch.einsum("rc,chw->rhw", COLOR, planes)
    image = 2 * torch.sigmoid(planes) - 1
    image.backward(torch.tensor(q["gradient"]).reshape(c, h, w))
    return {"image": image.detach().ravel().tolist(), "gradient": phases.grad.ravel().tolist()}


def diversity(q):
    """Minus the mean cosine of Gram matrices over pairs."""
    n = q["variants"]
    a = torch.tensor(q["activations"]).reshape(n, q["channels"], -1).requires_grad_()
    grams = (a @ a.transpose(1, 2)).reshape(n, -1)
    unit = grams / grams.norm(dim=1, keepdim=True)
    cosines = unit @ unit.T
    value = -(cosines.sum() - n) / (n * (n - 1))
    value.backward()
    return {"value": value.item(), "gradient": a.grad.ravel().tolist()}


def gaussian(image, sigma):
    """Truncated at three deviations, mirrored at the outer edges."""
    radius = math.ceil(3 * sigma)
    weights = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma ** 2))
    weights /= weights.sum()
    for axis in (1, 2):
        padding = [(radius, radius) if a == axis else (0, 0) for a in range(3)]
        image = np.apply_along_axis(np.convolve, axis, np.pad(image, padding, mode="symmetric"), weights, mode="valid")
    return image


def percentile(q):
    return {"value": float(np.percentile(np.array(q["values"]), q["percent"]))}


def penalties(q):
    x = np.array(q["image"]).reshape(q["channels"], q["height"], q["width"])
    tv = np.abs(np.diff(x, axis=1)).sum() + np.abs(np.diff(x, axis=2)).sum()
    return {"tv": tv / x.size, "l1": np.abs(x).mean(), "l2": (x ** 2).mean(),
            "blur": ((x - gaussian(x, q["sigma"])) ** 2).mean()}


def gradient_blurs(q):
    x = np.array(q["image"]).reshape(q["channels"], q["height"], q["width"])
    blurred = [gaussian(x, sigma) for sigma in q["sigmas"]]
    return {"gradient": sum(b / np.linalg.norm(b) for b in blurred).ravel().tolist()}


def network(image, q):
    """The small smooth network of AnalyticModel on an ascent-space picture; BGR, own mean and deviation."""
    mean, std = (torch.tensor(q[k]).reshape(3, 1, 1) for k in ("mean", "std"))
    x = ((image.flip(0) + 1) * 127.5 - mean) / std
    n1, n2 = 6 * 3 * 9, 5 * 6 * 9
    w1 = (0.4 * torch.sin(0.7 * torch.arange(n1) + 0.3)).reshape(6, 3, 3, 3)
    w2 = (0.4 * torch.cos(0.9 * torch.arange(n2) + 0.1)).reshape(5, 6, 3, 3)
    hidden = torch.tanh(torch.nn.functional.conv2d(x[None], w1))
    return torch.nn.functional.conv2d(hidden, w2, stride=2)[0]


def objective(image, q):
    b = q["border"]
    activation = network(image, q)
    return activation[q["filter"], b:activation.shape[1] - b, b:activation.shape[2] - b].mean()


def ascend_keras(q):
    """Keras' example: the gradient over its norm, times the rate."""
    image = torch.tensor(q["start"]).reshape(3, q["height"], q["width"])
    values, norms = [], []
    for _ in range(q["steps"]):
        image = image.detach().requires_grad_()
        value = objective(image, q)
        value.backward()
        gradient = image.grad
        values.append(value.item())
        norms.append(gradient.norm().item())
        image = image + q["rate"] * gradient / torch.sqrt(torch.clamp((gradient ** 2).sum(), min=1e-12))
    return {"objectives": values, "norms": norms, "image": image.detach().ravel().tolist(), "end": objective(image, q).item()}


def ascend_lucid(q):
    """Fourier space and torch's own Adam, without transforms."""
    h, w = q["height"], q["width"]
    parameters = torch.tensor(q["start"]).reshape(3, 2, h, w // 2 + 1).requires_grad_()
    optimiser = torch.optim.Adam([parameters], lr=q["rate"], maximize=True)
    values = []
    for _ in range(q["steps"]):
        optimiser.zero_grad()
        value = objective(fourier_picture(parameters, 3, h, w), q)
        value.backward()
        optimiser.step()
        values.append(value.item())
    image = fourier_picture(parameters, 3, h, w)
    return {"objectives": values, "image": image.detach().ravel().tolist(), "end": objective(image, q).item()}


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(globals()[request["what"]](request), sys.stdout)
