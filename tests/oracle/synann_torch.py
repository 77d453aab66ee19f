# SPDX-License-Identifier: GPL-3.0-or-later
"""SynaNN's models in PyTorch, written from the formulas: what the C++ program is compared with.

Nothing of the program needs this. state_dict() names and shapes are those of the program's checkpoints.
"""
import gzip
import json
import math
import os
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64}


def read_safetensors(path):
    """(metadata, {name: tensor})"""
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[8 + size + begin : 8 + size + end], TYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return metadata, tensors


def write_safetensors(path, tensors, metadata):
    names = {v: k for k, v in TYPES.items()}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor.detach().numpy())
        blob = array.tobytes()
        header[name] = {
            "dtype": names[array.dtype.type],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_idx(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        path += ".gz"
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    shape = struct.unpack(">" + "I" * data[3], data[4 : 4 + 4 * data[3]])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def read_mnist(folder, part):
    """part "train" or "t10k": images [N, 28, 28] and labels [N], 8 bit."""
    return read_idx(folder, part + "-images-idx3-ubyte"), read_idx(folder, part + "-labels-idx1-ubyte")


def scale(model, images, dtype):
    x = torch.from_numpy(images.astype(np.float64) / 255)[:, None]
    return ((x - 0.1307) / 0.3081 if model.endswith("-cnn") or model == "linear" else x).to(dtype)


class Synapse(nn.Module):
    """y_i = α_i x_i Π_j (1 − β_ij x_j), and what the original script computes ("batch-coupled")."""

    def __init__(self, n, options):
        super().__init__()
        self.options = options
        self.weight = nn.Parameter(torch.empty(n, n).uniform_(-1 / math.sqrt(n), 1 / math.sqrt(n)))
        self.bias = nn.Parameter(torch.zeros(n))  # unused, as in the original
        if options.get("alpha", "one") != "one":
            self.alpha = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        beta = self.weight
        if self.options.get("beta", "free") == "sigmoid":
            beta = torch.sigmoid(beta)
        if self.options.get("beta", "free") == "clamp":
            beta = beta.clamp(0, 1 - 1e-6)
        if self.options.get("diagonal", "keep") == "zero":
            beta = beta - torch.diag(torch.diag(beta))
        product = (1 - beta[None] * x[:, None, :]).prod(2)
        if self.options.get("synapse", "per-sample") == "batch-coupled":
            product = product.prod(0)
        alpha = {"one": lambda: 1, "exp": lambda: self.alpha.exp(), "softplus": lambda: F.softplus(self.alpha)}
        return alpha[self.options.get("alpha", "one")]() * x * product


class SynaRnn(nn.Module):
    """Rows of the image through h ← h ∘ (1 − f) + f ∘ s; returns 4 h_T − 2."""

    def __init__(self, n, inputs, twin):
        super().__init__()
        self.n, self.twin = n, twin
        for gate in "ef":
            setattr(self, f"weight_i{gate}", nn.Parameter(torch.randn(n, inputs) / math.sqrt(inputs)))
            setattr(self, f"weight_h{gate}", nn.Parameter(torch.randn(n, n) / math.sqrt(n)))
            setattr(self, f"bias_{gate}", nn.Parameter(torch.zeros(n)))
        if twin != "identity":
            self.weight = nn.Parameter(torch.randn(n, n) - 3)

    def forward(self, x):
        h = torch.full((x.shape[0], self.n), 0.1, dtype=x.dtype)
        for z in x[:, 0].unbind(1):
            e = torch.sigmoid(z @ self.weight_ie.T + h @ self.weight_he.T + self.bias_e)
            f = torch.sigmoid(z @ self.weight_if.T + h @ self.weight_hf.T + self.bias_f)
            q = 1
            if self.twin == "syna":
                q = (1 - torch.sigmoid(self.weight)[None] * h[:, None, :]).prod(2)
            if self.twin == "dense":
                q = torch.sigmoid(h @ self.weight.T)
            h = h * (1 - f) + f * e * q
        return 4 * h - 2


class Net(nn.Module):
    """Any of the program's models by its name, for 28 × 28 pixels and ten classes."""

    def __init__(self, model, options=None):
        super().__init__()
        twin, _, self.body = model.partition("-")
        self.twin, options = twin, options or {}
        if self.body == "cnn":
            self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
            self.fc1 = nn.Linear(320, 64)
        if self.body == "mlp":
            self.fc1, self.fc1b = nn.Linear(784, 300), nn.BatchNorm1d(300)
        n = {"cnn": 64, "mlp": 300, "pixel": 196, "rnn": 64}.get(self.body)
        if self.body == "rnn":
            self.rnn = SynaRnn(64, 28, twin)
        elif n is not None:
            if twin != "identity":
                self.fcn = Synapse(n, options) if twin == "syna" else nn.Linear(n, n)
            self.fcb = nn.BatchNorm1d(n)
        self.fc2 = nn.Linear(n or 784, 10)

    def forward(self, x, drop=True, seen=None):
        def keep(name, value):
            if seen is not None:
                seen[name] = value
            return value

        drop = drop and self.training
        if self.body == "cnn":
            x = keep("conv1", F.relu(F.max_pool2d(self.conv1(x), 2)))
            x = F.dropout2d(self.conv2(x), training=drop)
            x = keep("conv2", F.relu(F.max_pool2d(x, 2))).flatten(1)
            x = F.dropout(keep("fc1", F.relu(self.fc1(x))), training=drop)
            x = keep("softmax", F.softmax(x, 1))
        elif self.body == "mlp":
            x = keep("softmax", F.softmax(self.fc1b(keep("fc1", self.fc1(x.flatten(1)))), 1))
        elif self.body == "pixel":
            x = keep("pixels", F.avg_pool2d(x, 2)).flatten(1)
        elif self.body == "rnn":
            x = keep("rnn", self.rnn(x))
        else:
            x = x.flatten(1)
        if hasattr(self, "fcn"):
            x = keep("fcn", self.fcn(x))
        if hasattr(self, "fcb"):
            x = keep("fcb", self.fcb(x))
        return F.log_softmax(self.fc2(x), 1)


def evaluate(net, model, folder, dtype=torch.float32, batch=100):
    """(mean loss, correct) on MNIST's test set, in its order."""
    images, labels = read_mnist(folder, "t10k")
    net = net.to(dtype).eval()
    loss, correct = 0.0, 0
    with torch.no_grad():
        for k in range(0, len(images), batch):
            target = torch.from_numpy(labels[k : k + batch].astype(np.int64))
            log_probs = net(scale(model, images[k : k + batch], dtype))
            loss += F.nll_loss(log_probs, target, reduction="sum").item()
            correct += int((log_probs.argmax(1) == target).sum())
    return loss / len(images), correct
