# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs, records and checkpoints of SynaNN Studio as arrays and data frames; its networks as PyTorch modules.

    run = synann.open_run("first-run")
    run.losses["loss"]                      # float32, a number for each training step
    run.evaluations.to_frame()              # a pandas DataFrame, where pandas is there
    run.record("synapses").all("fcn.weight")  # [frames, out, in]
    synann.read_checkpoint("first-run/best.safetensors").tensors["fc2.weight"]

`import synann.torch` has the networks; it needs PyTorch. Everything else needs numpy alone. Files are read and never
changed; what cannot be read is a SynannError with one sentence. docs/python.md is the manual.
"""
from .checkpoint import Checkpoint, read_checkpoint
from .definition import Definition, parse_model, read_model, ready_model, ready_models
from .errors import SynannError, SynannWarning
from .events import Change, Device, End, Fork, Position, Resume, Start
from .history import History, parse_history, read_history
from .images import read_idx, read_images
from .record import Record, RecordHeader, read_record
from .run import Notes, Run, frame, open_run, runs
from .safetensors import parse_safetensors, read_safetensors, write_safetensors
from .table import Table

__version__ = "0.1.0"

__all__ = [
    "Change", "Checkpoint", "Definition", "Device", "End", "Fork", "History", "Notes", "Position", "Record",
    "RecordHeader", "Resume", "Run", "Start", "SynannError", "SynannWarning", "Table", "frame", "open_run", "parse_history",
    "parse_model", "parse_safetensors", "read_checkpoint", "read_history", "read_idx", "read_images", "read_model",
    "read_record", "read_safetensors", "ready_model", "ready_models", "runs", "write_safetensors",
]
