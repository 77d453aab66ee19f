# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints cross over: what PyTorch trained, synann measures the same, and the other way round.

  python3 tests/oracle/check_checkpoints.py --synann build/release/bin/synann --mnist FOLDER

Equal means: the same number of images right, and losses within 1e-4. Exit code 0 when all agree, 1 otherwise.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

from synann_torch import Net, evaluate, read_mnist, read_safetensors, scale, write_safetensors

ORIGINAL = [("syna-cnn", "per-sample"), ("syna-cnn", "batch-coupled")]
ALL = ORIGINAL + [(m, "per-sample") for m in ("syna-mlp", "syna-pixel", "syna-rnn", "dense-cnn", "identity-mlp", "linear")]


def train_in_pytorch(model, synapse, folder, steps):
    torch.manual_seed(7)
    net = Net(model, {"synapse": synapse})
    images, labels = read_mnist(folder, "train")
    optimiser = torch.optim.SGD(net.parameters(), lr=0.012, momentum=0.5)
    for step in range(steps):
        rows = slice(step * 100, step * 100 + 100)
        optimiser.zero_grad()
        target = torch.from_numpy(labels[rows].astype(np.int64))
        F.nll_loss(net(scale(model, images[rows], torch.float32)), target).backward()
        optimiser.step()
    return net


def run(synann, *arguments):
    done = subprocess.run([synann, *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{synann} {' '.join(arguments)} ended with exit code {done.returncode}.")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--synann", required=True)
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--steps", type=int, default=200, help="training steps in PyTorch")
    a = parser.parse_args()
    failed = 0

    def compare(what, theirs, ours):
        nonlocal failed
        (loss, correct), (our_loss, our_correct) = theirs, ours
        good = correct == our_correct and abs(loss - our_loss) <= 1e-4
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {what:46} PyTorch {correct:5} {loss:.6f}   synann {our_correct:5} {our_loss:.6f}",
              flush=True)

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "state.safetensors")
        for model, synapse in ORIGINAL:
            net = train_in_pytorch(model, synapse, a.mnist, a.steps)
            write_safetensors(file, net.state_dict(), {})  # a bare state dict, as safetensors.torch writes it
            extra = ["--synapse", synapse] if synapse != "per-sample" else []
            if extra:
                run(a.synann, "import", file, "--out", os.path.join(folder, "imported"), *extra)
                file = os.path.join(folder, "imported", "last.safetensors")
            result = json.loads(run(a.synann, "eval", "--checkpoint", file, "--data", a.mnist, "--json"))
            theirs = evaluate(net, model, a.mnist)
            compare(f"{model}, {synapse}: PyTorch → synann", theirs, (result["test_loss"], result["correct"]))
        for model, synapse in ALL:
            out = os.path.join(folder, model + synapse)
            run(a.synann, "train", "--model", model, "--synapse", synapse, "--data", a.mnist, "--epochs", "1", "--out",
                out, "--json")
            file = os.path.join(out, "last.safetensors")
            result = json.loads(run(a.synann, "eval", "--checkpoint", file, "--data", a.mnist, "--json"))
            net = Net(model, {"synapse": synapse})
            net.load_state_dict(load(file), strict=True)
            compare(f"{model}, {synapse}: synann → PyTorch", evaluate(net, model, a.mnist),
                    (result["test_loss"], result["correct"]))
    return 1 if failed else 0


def load(file):
    try:
        from safetensors.torch import load_file
    except ImportError:
        return read_safetensors(file)[1]
    return load_file(file)


if __name__ == "__main__":
    sys.exit(main())
