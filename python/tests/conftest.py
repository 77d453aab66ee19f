# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests need: the program (SYNANN names it), small data of its own digits, a small run, files made by hand."""
from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program() -> str:
    path = os.environ.get("SYNANN", "")
    if not path:
        pytest.skip("SYNANN does not name the program (build/release/bin/synann)")
    if not os.access(path, os.X_OK):
        pytest.skip(f"SYNANN names {path}, which is no program")
    return path


@pytest.fixture(scope="session")
def synann_says(program):
    """synann_says("runs", folder, "--json"): its standard output."""

    def run(*arguments: object) -> str:
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def digits(synann_says, tmp_path_factory) -> Path:
    """The four IDX files of 600 training and 200 test digits."""
    folder = tmp_path_factory.mktemp("data") / "digits"
    synann_says("data", "make", folder, "--train", 600, "--test", 200)
    return folder


@pytest.fixture(scope="session")
def small_run(synann_says, digits, tmp_path_factory) -> Path:
    """Two epochs of SynaCNN, finished. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    synann_says("train", "--model", "syna-cnn", "--data", digits, "--train-count", 400, "--epochs", 2, "--out", folder)
    return folder


def start_event(**changed: object) -> dict:
    return {"event": "start", "model": "syna-cnn", "data": "digits", "epochs": 3, "batch_size": 100, "lr": 0.012,
            "momentum": 0.5, "seed": 5, "data_name": "Digits", "data_sha256": "00", "train_count": 400, "test_count": 100,
            "steps_per_epoch": 4, "parameters": 30762, "device": "CPU", "tier": "fused", "isa": "AVX2", "threads": 2,
            "from_epoch": 1, "from_step": 0, "out": "x", "version": "0.1.0", "commit": "abc", **changed}


def losses_event(epoch: int, step: int, loss: list) -> dict:
    return {"event": "losses", "epoch": epoch, "step": step, "batch_size": 100,
            "examples": 400 * (epoch - 1) + 100 * step, "loss": loss}


def epoch_event(epoch: int, correct: int, **more: object) -> dict:
    return {"event": "epoch", "epoch": epoch, "examples": 400 * epoch, "train_loss": 2.0, "test_loss": 2.1 - epoch / 10,
            "correct": correct, "count": 100, "lr": 0.012, "train_seconds": 0.1, "eval_seconds": 0.1, **more}


def lines(*events: object) -> bytes:
    return b"".join(e if isinstance(e, bytes) else json.dumps(e).encode() + b"\n" for e in events)


def record_bytes(frames: list[np.ndarray], shape=(20, 30), every_key: int = 4, **changed: object) -> bytes:
    """A record of one tensor "fcn.weight", written from the description of the format."""
    header = {"format": "synann-record-1", "settings": {"model": "syna-cnn"}, "data_sha256": "00", "rows": 28, "columns": 28,
              "classes": 10, "steps_per_epoch": 4, "epoch_ends": True, "every": 1, "budget_frames": 9, "budget_bytes": 99,
              "tensors": [{"name": "fcn.weight", "shape": list(shape)}], **changed}
    text = json.dumps(header).encode()
    data = b"SYNAREC1" + struct.pack("<I", len(text)) + text + struct.pack("<I", zlib.crc32(text))
    key = None
    for k, frame in enumerate(frames):
        bits = np.ascontiguousarray(frame, dtype="<f4").view("<u4").reshape(-1)
        back = k % every_key
        if back == 0:
            key = bits
        planes = (bits if back == 0 else bits ^ key).view(np.uint8).reshape(-1, 4)
        payload = b""
        for p in range(4):
            plain = planes[:, p].tobytes()
            packed = min(zlib.compress(plain), plain, key=len)
            payload += struct.pack("<BI", packed is not plain, len(packed)) + packed
        head = struct.pack("<IIiiqI", 0x4D415246, back, 1 + k // 4, k % 4, k, len(payload))
        data += head + struct.pack("<I", zlib.crc32(payload, zlib.crc32(head + bytes(4)))) + payload
    return data


def one_sentence(error: BaseException) -> str:
    """The message of an error, which is one line that ends with a full stop."""
    text = str(error)
    assert text.endswith(".") and "\n" not in text and "Traceback" not in text, text
    return text
