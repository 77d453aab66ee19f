#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures PyTorch on the work that `synann bench` measures, and prints the same JSON lines.

Tensors are loaded before the clock runs; there is no DataLoader. Where PyTorch can do a thing in several ways, each way is
measured and named in `variant`; the fastest counts. Run it with one number of threads per process, because BLAS libraries
fix theirs at the start: benchmarks/compare_peer.sh does.
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import struct
import time

import torch
from torch import nn
from torch.nn import functional as F


def product(x, beta):  # [batch, n], [n, n] -> [batch, n]: the product itself, B n^2 memory
    return torch.prod(1 - beta * x.unsqueeze(1), dim=2)


def log_sum(x, beta):  # the same where all factors are positive; log1p is faster than PyTorch's gradient of prod
    return torch.exp(torch.log1p(-beta * x.unsqueeze(1)).sum(dim=2))


FORMULAS = {"prod": product, "log": log_sum}


class Synapse(nn.Module):
    def __init__(self, n, formula):
        super().__init__()
        self.weight = nn.Parameter((2 * torch.rand(n, n) - 1) / n**0.5)
        self.formula = formula

    def forward(self, x):
        return x * self.formula(x, self.weight)


class SynaCnn(nn.Module):
    def __init__(self, formula):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
        self.drop = nn.Dropout2d()
        self.fc1, self.fcn = nn.Linear(320, 64), Synapse(64, formula)
        self.fcb, self.fc2 = nn.BatchNorm1d(64), nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.drop(self.conv2(x)), 2))
        x = F.dropout(F.relu(self.fc1(x.flatten(1))), training=self.training)
        return F.log_softmax(self.fc2(self.fcb(self.fcn(F.softmax(x, dim=1)))), dim=1)


class SynaMlp(nn.Module):
    def __init__(self, formula):
        super().__init__()
        self.fc1, self.fc1b, self.fcn = nn.Linear(784, 300), nn.BatchNorm1d(300), Synapse(300, formula)
        self.fcb, self.fc2 = nn.BatchNorm1d(300), nn.Linear(300, 10)

    def forward(self, x):
        x = F.softmax(self.fc1b(self.fc1(x.flatten(1))), dim=1)
        return F.log_softmax(self.fc2(self.fcb(self.fcn(x))), dim=1)


class SynaRnn(nn.Module):
    def __init__(self, formula, n=64, m=28):
        super().__init__()
        self.inputs = nn.Linear(m, 2 * n)  # both gates in one product, all rows at once
        self.recurrent = nn.Linear(n, 2 * n, bias=False)
        self.weight = nn.Parameter(torch.randn(n, n) * 0.5 - torch.log(torch.tensor(float(n))))
        self.fc2, self.formula, self.n = nn.Linear(n, 10), formula, n

    def forward(self, x):
        z, beta = self.inputs(x.squeeze(1)), torch.sigmoid(self.weight)
        h = torch.full((x.shape[0], self.n), 0.1)
        for t in range(z.shape[1]):
            e, f = torch.sigmoid(z[:, t] + self.recurrent(h)).chunk(2, dim=1)
            h = h * (1 - f) + f * e * self.formula(h, beta)
        return F.log_softmax(self.fc2(4 * h - 2), dim=1)


class DeepCnn(nn.Module):  # benchmarks/networks/deep-cnn.json
    def __init__(self, formula):
        super().__init__()

        def block(inputs, outputs, kernel, stride=1, padding=0):
            return [nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU(), nn.BatchNorm2d(outputs)]

        self.features = nn.Sequential(
            *block(1, 32, 3), *block(32, 32, 3), *block(32, 32, 5, 2, 2), nn.Dropout(0.4),
            *block(32, 64, 3), *block(64, 64, 3), *block(64, 64, 5, 2, 2), nn.Dropout(0.4),
            *block(64, 128, 4), nn.Dropout(0.4), nn.Flatten())
        self.alpha = nn.Parameter(torch.zeros(128))
        self.fcn, self.fcb, self.fc = Synapse(128, formula), nn.BatchNorm1d(128), nn.Linear(128, 10)

    def forward(self, x):
        return F.log_softmax(self.fc(self.fcb(self.alpha.exp() * self.fcn(self.features(x)))), dim=1)


MODELS = {"syna-cnn": SynaCnn, "syna-mlp": SynaMlp, "syna-rnn": SynaRnn, "deep-cnn": DeepCnn}
USUAL = ["syna-cnn", "syna-mlp", "syna-rnn"]
SIGNED = {"deep-cnn"}  # inputs of either sign, whose factors may be negative: no logarithm


def read_idx(folder, name):
    for path in (folder / name, folder / (name + ".gz")):
        if path.exists():
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            sizes = struct.unpack(f">{raw[3]}I", raw[4 : 4 + 4 * raw[3]])
            return torch.frombuffer(bytearray(raw[4 + 4 * raw[3] :]), dtype=torch.uint8).reshape(sizes)
    raise SystemExit(f"{folder / name}: this file is missing")


def load(folder):
    if not folder:
        return "random", torch.rand(10000, 1, 28, 28), torch.randint(10, (10000,)), torch.rand(10000, 1, 28, 28)
    folder = pathlib.Path(folder)
    scaled = [((read_idx(folder, f"{part}-images-idx3-ubyte").float() / 255) - 0.1307).div(0.3081).unsqueeze(1)
              for part in ("train", "t10k")]
    return "MNIST", scaled[0], read_idx(folder, "train-labels-idx1-ubyte").long(), scaled[1]


def train_work(model, images, labels, batch):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.012, momentum=0.5)
    order, place = torch.randperm(len(images)), [0]

    def step():
        model.train()
        if place[0] + batch > len(order):
            place[0] = 0
        chosen = order[place[0] : place[0] + batch]
        place[0] += batch
        optimiser.zero_grad()
        F.nll_loss(model(images[chosen]), labels[chosen]).backward()
        optimiser.step()

    return step, batch


def eval_work(model, images, batch):
    images = images[: 10 * batch]

    def run():
        model.eval()
        with torch.no_grad():
            for first in range(0, len(images), batch):
                model(images[first : first + batch])

    return run, len(images)


def synapse_work(n, batch, formula, backward):
    layer = Synapse(n, formula)
    x = ((0.5 + torch.rand(batch, n)) / n).requires_grad_(backward)
    dy = 2 * torch.rand(batch, n) - 1

    def run():
        if backward:
            x.grad = layer.weight.grad = None
            layer(x).backward(dy)
        else:
            with torch.no_grad():
                layer(x)

    return run, batch


def cases(options, data):
    name, images, labels, test = data
    for model_name in options.models:
        for formula in FORMULAS:
            if model_name in SIGNED and formula == "log":
                continue
            model = MODELS[model_name](FORMULAS[formula])
            row = {"model": model_name}
            if "train" in options.work and model_name in SIGNED and options.compile and hasattr(torch, "compile"):
                compiled = torch.compile(MODELS[model_name](FORMULAS[formula]))
                yield {**row, "work": "train", "variant": f"{formula}, compiled"}, train_work(
                    compiled, images, labels, options.batch)
            if "train" in options.work:
                yield {**row, "work": "train", "variant": formula}, train_work(model, images, labels, options.batch)
            if "eval" in options.work:
                for batch in (options.batch, 10 * options.batch):
                    yield {**row, "work": "eval", "variant": f"{formula}, batch {batch}"}, eval_work(model, test, batch)
    if "synapse" not in options.work:
        return
    for width in options.widths:
        formulas = dict(FORMULAS)
        if options.compile and hasattr(torch, "compile"):
            formulas.update({f"{k}, compiled": torch.compile(v) for k, v in FORMULAS.items()})
        for formula, function in formulas.items():
            row = {"model": "synapse", "width": width, "variant": formula}
            yield {**row, "work": "synapse-forward"}, synapse_work(width, options.batch, function, False)
            yield {**row, "work": "synapse"}, synapse_work(width, options.batch, function, True)


def measure(work, seconds):
    """Warms up, and finds how many repetitions fill the time."""
    run, samples = work
    run()
    start = time.perf_counter()
    run()
    times = max(1, round(seconds / max(time.perf_counter() - start, 1e-6)))
    return run, samples, times


def quartile_range(values):
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / statistics.median(values)


def main():
    def names(text):
        return [part for part in text.split(",") if part]

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=names, default=USUAL)
    parser.add_argument("--widths", type=lambda t: [int(p) for p in names(t)], default=[64, 784])
    parser.add_argument("--work", type=names, default=["train", "eval", "synapse"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one measurement, at least")
    parser.add_argument("--data", default=os.environ.get("SYNANN_MNIST", ""), help="folder of IDX files; else random pixels")
    parser.add_argument("--compile", action="store_true", help="measure torch.compile as well, where there is one")
    options = parser.parse_args()
    torch.manual_seed(5)
    torch.set_num_threads(options.threads)

    data = load(options.data)
    print(json.dumps({"event": "machine", "schema": "synann-bench-1", "program": "pytorch", "version": torch.__version__,
                      "load": os.getloadavg()[0], "data": data[0], "batch": options.batch, "rounds": options.rounds}))
    prepared = []
    for row, work in cases(options, data):
        try:
            prepared.append((row, measure(work, options.seconds), []))
        except Exception as error:  # a compiler that is missing, memory that does not suffice
            print(json.dumps({"event": "skipped", **row, "why": str(error).split("\n")[0][:200]}))
    for _ in range(options.rounds):
        for _, (run, samples, times), micros in prepared:
            start = time.perf_counter()
            for _ in range(times):
                run()
            micros.append(1e6 * (time.perf_counter() - start) / (times * samples))
    for row, _, micros in prepared:
        print(json.dumps({"event": "result", **row, "device": "CPU", "threads": torch.get_num_threads(),
                          "us_min": min(micros), "us_median": statistics.median(micros),
                          "us_spread": quartile_range(micros), "rounds": len(micros)}))


if __name__ == "__main__":
    main()
