#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares exported ONNX models with the program itself, on onnxruntime.

Trains every ready model, its rivals, all options of the synapse layer and every file of tests/models briefly,
exports each, checks it with onnx.checker, and compares the log-probabilities of 1,000 images with those that
`synann export --content predictions` writes: of the tier "reference", which decides, and of the one that the program
takes by itself, whose own rounding is the larger part of what is printed. Circuits are compared with
`synann circuit --json`.

Needs onnx, onnxruntime and numpy. SYNANN_MNIST names the folder with MNIST; without it the built-in digits serve.

  onnx_check.py [--synann build/release/bin/synann] [WORD…]

takes every case, or only those whose name contains one of the words. Prints a line for each; ends with 1 where a
log-probability differs by more than 1e-5 (or, where the lowest of the case is below −32, by more than four units in
the last place of a float of that size: the logits are as large, and no float says more), a class differs, or a circuit's value by more than 1e-12.
"""
import argparse
import gzip
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOG_PROBABILITY_LIMIT, CIRCUIT_LIMIT = 1e-5, 1e-12
BATCH = 100  # as the program asks; it matters only to batch-coupled layers
RIVALS = ["dense", "dense-relu", "dense-bn-relu", "glu", "identity", "wide-identity", "no-batch-norm"]
SLOW = {"syna-cnn-tf": ["--train-count", "60"]}  # and with what they are trained; last, without the reference


class Refused(Exception):
    """The program said no; the sentence."""


def run(synann, *arguments):
    done = subprocess.run([synann, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}")
    return done.stdout


def read_idx(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        content = file.read()
    sides = [int.from_bytes(content[4 + 4 * k:8 + 4 * k], "big") for k in range(content[3])]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(sides)).reshape(sides)


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
    path.write_bytes(header + array.tobytes())


def make_data(synann, folder, images):
    """600 training images and as many test images as wanted, as IDX files; returns the test images in 0 … 1."""
    source = os.environ.get("SYNANN_MNIST")
    names = [f"{part}-{what}" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    if source:
        for name in names:
            path = next(p for p in (pathlib.Path(source) / name, pathlib.Path(source) / f"{name}.gz") if p.exists())
            write_idx(folder / name, read_idx(path)[:600 if name.startswith("train") else images])
    else:
        run(synann, "data", "make", folder, "--train", 600, "--test", images, "--force")
    return read_idx(next(folder.glob("t10k-images*"))).astype(np.float32)[:, None] / np.float32(255)


def cases(synann, scratch):
    """name, the model, further arguments of `train`."""
    ready = [json.loads(line)["id"] for line in run(synann, "model", "list", "--json").splitlines()]
    for model in ready:
        if model not in SLOW:
            yield model, model, []
    for model, rival in itertools.product(("syna-cnn", "syna-mlp-relu", "syna-small"), RIVALS):
        yield f"{model}:{rival}", f"{model}:{rival}", []
    options = itertools.product(("free", "sigmoid", "clamp"), ("one", "exp", "softplus"), ("keep", "zero"),
                                ("per-sample", "batch-coupled"))
    for beta, alpha, diagonal, semantics in options:
        for model in ("syna-cnn", "syna-pixel"):
            yield (f"{model} {beta} {alpha} {diagonal} {semantics}", model,
                   ["--beta", beta, "--alpha", alpha, "--diagonal", diagonal, "--synapse", semantics])
    for path in sorted((ROOT / "tests/models").glob("*.json")):
        model = json.loads(path.read_text())
        model.pop("training", None)  # one recommends what is no setting, for another test
        (scratch / path.name).write_text(json.dumps(model))
        yield f"file {path.stem}", scratch / path.name, []
    for model, arguments in SLOW.items():
        yield model, model, arguments


def session(path):
    onnx.checker.check_model(str(path), full_check=True)
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def train(synann, data, folder, model, arguments):
    """One epoch; with tiny steps where the recommended ones leave the range of floats."""
    for rate in ([], ["--lr", "1e-5"]):
        try:
            return run(synann, "train", "--model", model, "--data", data, "--epochs", 1, "--batch-size", 20, "--device",
                       "cpu", "--no-watch-headroom", "--out", folder, *arguments, *rate)
        except Refused:
            if rate:
                raise
            shutil.rmtree(folder, ignore_errors=True)
    return None


def said(synann, checkpoint, data, tier, out):
    run(synann, "export", "--checkpoint", checkpoint, "--data", data, "--content", "predictions", "--device", "cpu",
        "--tier", tier, "--out", out)
    return np.load(out)["log_probs"]


def compare_network(synann, data, images, folder, model, arguments):
    """Whether it agrees, and a line of numbers: the largest difference to the reference and to the tier auto, and how
    many classes differ."""
    train(synann, data, folder, model, arguments)
    checkpoint = folder / "last.safetensors"
    started = time.monotonic()
    run(synann, "export", "--checkpoint", checkpoint, "--out", folder / "model.onnx")
    seconds = time.monotonic() - started
    runtime = session(folder / "model.onnx")
    found = np.concatenate([runtime.run(["log_probs"], {"image": images[k:k + BATCH]})[0]
                            for k in range(0, len(images), BATCH)])
    apart, good = {}, True
    for tier in ("reference", "auto"):
        if tier == "reference" and model in SLOW:
            continue
        expected = said(synann, checkpoint, data, tier, folder / "said.npz")
        assert found.shape == expected.shape, (found.shape, expected.shape)
        differences = np.abs(found.astype(np.float64) - expected)
        apart[tier] = differences.max()
        classes = int((found.argmax(1) != expected.argmax(1)).sum())
        if tier == next(iter(apart)):
            limit = np.maximum(LOG_PROBABILITY_LIMIT, 4 * np.spacing(np.abs(expected).max()))
            good = bool((differences <= limit).all()) and classes == 0
    numbers = "  ".join(f"{tier} {apart[tier]:.1e}" if tier in apart else f"{tier}    -   " for tier in ("reference", "auto"))
    return good, f"{numbers}  {classes} classes differ  ({seconds:.2f} s, log p down to {expected.min():.4g})"


def compare_circuit(synann, folder, circuit, steps):
    """The largest difference of a value, relative where it is above 1."""
    run(synann, "export", "--circuit", circuit, "--steps", steps, "--out", folder / "circuit.onnx")
    rows = [json.loads(line)["values"] for line in run(synann, "circuit", circuit, "--steps", steps, "--json").splitlines()]
    runtime = session(folder / "circuit.onnx")
    names = [output.name for output in runtime.get_outputs()]
    own = json.loads(runtime.get_modelmeta().custom_metadata_map["inputs"])
    fed = {name: np.array([value], np.float64) for name, value in own.items()}
    worst = 0.0
    for name, found in zip(names, runtime.run(names, fed)):
        expected = np.array([row[name] for row in rows], np.float64)
        assert found.shape == (1, steps), (name, found.shape)
        worst = max(worst, float((np.abs(found[0] - expected) / np.maximum(1, np.abs(expected))).max()))
    if own:  # several values at once are the same as one after the other
        first, values = next(iter(own)), np.linspace(0.1, 0.9, 5)
        together = runtime.run(names, {**fed, first: values})
        for k, value in enumerate(values):
            last = json.loads(run(synann, "circuit", circuit, "--steps", steps, "--json", "--set",
                                  f"{first}={float(value)!r}").splitlines()[-1])["values"]
            for name, found in zip(names, together):
                worst = max(worst, abs(found[k, -1] - last[name]) / max(1, abs(last[name])))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synann", default=str(ROOT / "build/release/bin/synann"))
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("words", nargs="*")
    a = parser.parse_args()
    wanted = lambda name: not a.words or any(word in name for word in a.words)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        data = scratch / "data"
        data.mkdir()
        images = make_data(a.synann, data, a.images)
        for number, (name, model, arguments) in enumerate(case for case in cases(a.synann, scratch) if wanted(case[0])):
            try:
                good, words = compare_network(a.synann, data, images, scratch / str(number), model, arguments)
            except Refused as refusal:
                print(f"  -   {name:<48} {refusal}", flush=True)
                continue
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'}  {name:<48} {words}", flush=True)
        circuits = [json.loads(line)["id"] for line in run(a.synann, "circuit", "--list", "--json").splitlines()]
        for name, steps in itertools.product(circuits, (1, 20)):
            if not wanted(f"circuit {name}"):
                continue
            worst = compare_circuit(a.synann, scratch, name, steps)
            good = worst <= CIRCUIT_LIMIT
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'}  {f'circuit {name}, {steps} steps':<52} {worst:.2e}", flush=True)
    print(f"{failed} of them differ" if failed else "all agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
