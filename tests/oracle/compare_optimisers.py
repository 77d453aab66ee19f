# SPDX-License-Identifier: GPL-3.0-or-later
"""Every optimiser and schedule, on every model without dropout: the program against PyTorch in float64.

  python3 tests/oracle/compare_optimisers.py --synann build/release/bin/synann

Both train on the same images from the same weights with the whole set as one batch, so that the order of samples is no
part of it: 20 steps, which are 20 epochs to the schedules. Compared are the loss of each step, the learning rate of each
step, the loss on the test set after it, and each parameter at the end by ‖found − expected‖. The program computes in 32
bits: a number is rounded by 6e-8 of itself at each step, and a gradient loses more to cancellation, so that a parameter may
be off by 20 · 6e-8 of itself and by 2e-4 of the way it went (seen: 8e-5). Adam divides a gradient by its own length, which
makes small ones large with their rounding: there it is 1e-3 of the way (seen: 2e-4). One that is mathematically zero (of a
bias before batch norm, which the mean takes out again) is all rounding, and such biases are left out; they change nothing
that the network says, which the losses show. Exit code 0 when all agree, 1 otherwise.
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

from synann_torch import Net, read_mnist, read_safetensors, scale, write_safetensors

STEPS = 20
MODELS = ["syna-mlp", "syna-rnn", "syna-pixel", "dense-mlp", "dense-rnn", "dense-pixel", "identity-mlp", "identity-rnn",
          "identity-pixel", "linear"]
# What would be another model's recommendation.
PLAIN = {"optimizer": "sgd", "momentum": "0", "nesterov": False, "weight-decay": "0", "clip": "0", "schedule": "constant",
         "watch-headroom": False}
# name: (settings of synann, PyTorch's class and its arguments, learning rate, gradient clip)
OPTIMISERS = {
    "sgd": ({}, torch.optim.SGD, {}, 0.05, 0),
    "momentum": ({"momentum": "0.9"}, torch.optim.SGD, {"momentum": 0.9}, 0.02, 0),
    "nesterov": ({"momentum": "0.9", "nesterov": True}, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}, 0.02, 0),
    "weight decay": ({"momentum": "0.5", "weight-decay": "0.05"}, torch.optim.SGD, {"momentum": 0.5, "weight_decay": 0.05},
                     0.05, 0),
    "clipping": ({"momentum": "0.5", "clip": "0.2"}, torch.optim.SGD, {"momentum": 0.5}, 0.05, 0.2),
    "adam": ({"optimizer": "adam"}, torch.optim.Adam, {}, 0.002, 0),
    "adam, betas": ({"optimizer": "adam", "adam-beta1": "0.7", "adam-beta2": "0.9"}, torch.optim.Adam,
                    {"betas": (0.7, 0.9)}, 0.002, 0),
    "adam, weight decay": ({"optimizer": "adam", "weight-decay": "0.05"}, torch.optim.Adam, {"weight_decay": 0.05}, 0.002,
                           0),
    "adamw": ({"optimizer": "adamw", "weight-decay": "0.05"}, torch.optim.AdamW, {"weight_decay": 0.05}, 0.002, 0),
    "adamw, clipping": ({"optimizer": "adamw", "weight-decay": "0.05", "clip": "0.2"}, torch.optim.AdamW,
                        {"weight_decay": 0.05}, 0.002, 0.2),
}
SCHEDULES = {
    "constant": {},
    "step": {"schedule": "step", "schedule-epochs": "6", "schedule-factor": "0.3"},
    "cosine": {"schedule": "cosine"},
    "one-cycle": {"schedule": "one-cycle"},
    "plateau": {"schedule": "plateau", "schedule-epochs": "2", "schedule-factor": "0.3"},
}
ROUNDING, RATE = 6e-8, 1e-12  # relative
LOSS = {"sgd": 5e-6, "adam": 1e-4}  # relative to the loss at hand (seen: 1.5e-6, 5e-5)
WAY = {"sgd": 2e-4, "adam": 1e-3}


def scheduler(name, optimiser):
    kinds = torch.optim.lr_scheduler
    if name == "step":
        return kinds.StepLR(optimiser, 6, 0.3)
    if name == "cosine":
        return kinds.CosineAnnealingLR(optimiser, STEPS)
    if name == "one-cycle":
        return kinds.OneCycleLR(optimiser, optimiser.param_groups[0]["lr"], total_steps=STEPS, cycle_momentum=False)
    if name == "plateau":  # the program drops after so many bad epochs, PyTorch after one more than its patience
        return kinds.ReduceLROnPlateau(optimiser, factor=0.3, patience=1, threshold=0, eps=0)
    return kinds.LambdaLR(optimiser, lambda step: 1)


def train_in_pytorch(net, model, data, kind, arguments, rate, clip, schedule):
    """(losses, rates, test losses) of the steps, in float64."""
    (images, labels), (test_images, test_labels) = (read_mnist(data, part) for part in ("train", "t10k"))
    x, y = scale(model, images, torch.float64), torch.from_numpy(labels.astype(np.int64))
    test_x, test_y = scale(model, test_images, torch.float64), torch.from_numpy(test_labels.astype(np.int64))
    trained = list(net.parameters())
    optimiser = kind(trained, lr=rate, **arguments)
    plan = scheduler(schedule, optimiser)
    losses, rates, tests = [], [], []
    for _ in range(STEPS):
        net.train()
        optimiser.zero_grad()
        loss = F.nll_loss(net(x, drop=False), y)
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_([p for p in trained if p.grad is not None], clip)
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        losses.append(loss.item())
        net.eval()
        with torch.no_grad():
            tests.append(F.nll_loss(net(test_x), test_y).item())
        plan.step(*([tests[-1]] if schedule == "plateau" else []))
    return losses, rates, tests


def run(synann, *arguments):
    done = subprocess.run([synann, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{synann} {' '.join(arguments)} ended with exit code {done.returncode}: {done.stderr}")
    return done.stdout


def relative(found, expected):
    return max(abs(f - e) / max(abs(e), 1e-300) for f, e in zip(found, expected, strict=True))


def option(key, value):
    if isinstance(value, bool):
        return f"--{key}" if value else f"--no-{key}"
    return f"--{key}={value}"


def compare(a, folder, model, optimiser, schedule):
    """The errors of losses, rates and ways, and what they may be."""
    options, kind, arguments, rate, clip = OPTIMISERS[optimiser]
    start = os.path.join(folder, f"{model}.safetensors")
    out = os.path.join(folder, f"{model}, {optimiser}, {schedule}")
    tier = ["--tier", a.tier, "--threads", "1"]
    count = len(read_mnist(a.data, "train")[1])
    settings = PLAIN | options | SCHEDULES[schedule] | {"lr": str(rate), "batch-size": str(count), "epochs": str(STEPS)}
    run(a.synann, "import", start, "--model", model, "--out", out, *(option(k, v) for k, v in settings.items()))
    lines = run(a.synann, "train", "--resume", os.path.join(out, "last.safetensors"), "--data", a.data, "--json",
                "--record", "0", "--log-interval", "1", *tier)
    events = [json.loads(line) for line in lines.splitlines()]
    found_losses = [e["loss"] for e in events if e["event"] == "step"]
    epochs = [e for e in events if e["event"] == "epoch"]
    net = Net(model).double()
    net.load_state_dict(read_safetensors(start)[1])
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    losses, rates, tests = train_in_pytorch(net, model, a.data, kind, arguments, rate, clip, schedule)
    found = read_safetensors(os.path.join(out, "last.safetensors"))[1]
    divides = kind is not torch.optim.SGD
    family = "adam" if divides else "sgd"
    worst, worst_name = 0.0, ""
    for name, p in net.named_parameters():
        before_norm = model.startswith("dense-") and name == "fcn.bias" and hasattr(net, "fcb")
        if p.grad is None or before_norm or (name == "fc1.bias" and hasattr(net, "fc1b")):
            continue
        p = p.detach()
        allowed = WAY[family] * (p - before[name]).norm().item() + STEPS * ROUNDING * p.norm().item()
        error = (found[name].double() - p).norm().item() / allowed
        if error > worst:
            worst, worst_name = error, name
    errors = {"losses": relative(found_losses, losses) / LOSS[family],
              "test": relative([e["test_loss"] for e in epochs], tests) / LOSS[family],
              "rates": max(abs(e["lr"] - r) for e, r in zip(epochs, rates, strict=True)) / (RATE * rate), worst_name: worst}
    good = all(error <= 1 for error in errors.values()) and losses[-1] < losses[0]
    print(f"{'ok  ' if good else 'FAIL'} {model:15}{optimiser:20}{schedule:10} of what may be: "
          + "  ".join(f"{k} {v:.1e}" for k, v in errors.items()), flush=True)
    return good, rates


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--synann", required=True)
    parser.add_argument("--tier", default="auto")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--train", type=int, default=60, help="images trained on")
    a = parser.parse_args()
    torch.set_num_threads(1)
    failed, dropped = 0, False
    with tempfile.TemporaryDirectory() as folder:
        a.data = os.path.join(folder, "data")
        run(a.synann, "data", "make", a.data, "--train", str(a.train), "--test", "40")
        for model in a.models.split(","):
            torch.manual_seed(3)
            net = Net(model)
            write_safetensors(os.path.join(folder, f"{model}.safetensors"), net.state_dict(), {})
            for optimiser in OPTIMISERS:
                failed += not compare(a, folder, model, optimiser, "constant")[0]
            for schedule in list(SCHEDULES)[1:]:
                for optimiser in ("momentum", "adamw"):
                    good, rates = compare(a, folder, model, optimiser, schedule)
                    failed += not good
                    dropped = dropped or (schedule == "plateau" and rates[-1] < rates[0])
    if not dropped:
        failed += 1
        print("FAIL the plateau schedule never dropped the rate, so nothing was compared")
    print(f"{failed} differ." if failed else "All agree.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
