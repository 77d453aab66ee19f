# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints, last.safetensors and best.safetensors, and the optimiser's state beside them (docs/formats.md)."""
from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ._files import Fields, PathLike, parse_json, read_bytes
from .definition import SYNAPSE_OPTIONS, Definition, definition_from_json, ready_model
from .errors import SynannError, shown
from .safetensors import LARGEST_FILE, parse_safetensors, read_safetensors

FORMATS = ("synann-checkpoint-1", "synann-checkpoint-2")


@dataclass
class Checkpoint:
    """A checkpoint: the state dict, and what determines how the run goes on.

    Attributes:
        path: the file.
        metadata: as it stands in the file, text to text.
        tensors: the state dict: {name: array}, float32, counters int64.
        format: "synann-checkpoint-2", or "" for a bare state dict, which has nothing of what follows.
        model: the model's id.
        settings: as they were in force.
        rows, columns, classes: of the data.
        class_names: where they are not their numbers, else empty.
        epoch, step: `step` steps of epoch `epoch` (from 1) are done.
        seed: the seed.
        data_sha256: digest of the data; empty for an imported one whose run has not begun.
        best_epoch, best_correct, best_loss: the best evaluation so far; epoch 0: none yet.
        optimizer_file: the name of the file beside it with the optimiser's state, or None.
    """

    path: str
    metadata: dict[str, str] = field(repr=False)
    tensors: dict[str, npt.NDArray[Any]] = field(repr=False)
    format: str = ""
    model: str = ""
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    rows: int = 0
    columns: int = 0
    classes: int = 0
    class_names: tuple[str, ...] = ()
    epoch: int = 0
    step: int = 0
    seed: int = 0
    data_sha256: str = ""
    best_epoch: int = 0
    best_correct: int = 0
    best_loss: float = 0
    optimizer_file: str | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is a bare state dict, as PyTorch writes it."""
        return not self.format

    @property
    def definition(self) -> Definition:
        """The network, with the synapse options of the settings.

        Raises:
            SynannError: a bare state dict does not say which; or the model is not one of this package's.
        """
        if self.is_bare:
            raise SynannError(self.path, "is a bare state dict, which does not say of which model",
                              "a checkpoint of SynaNN Studio, or the model named beside it")
        return definition_of_settings(self.model, self.settings, self.path)

    def optimizer_state(self) -> dict[str, npt.NDArray[np.float32]]:
        """The optimiser's state: `<parameter>.momentum_buffer`, or `<parameter>.exp_avg` and `<parameter>.exp_avg_sq`.

        Empty where it is zero. The file's digest is held against its name.

        Raises:
            SynannError: the file that the checkpoint names is not there, or is not the one it is named for.
        """
        if self.optimizer_file is None:
            return {}
        path = os.path.join(os.path.dirname(self.path), self.optimizer_file)
        data = read_bytes(path, LARGEST_FILE)
        digest = hashlib.sha256(data).hexdigest()[:16]
        if self.optimizer_file != f"optimizer-{digest}.safetensors":
            raise SynannError(path, "is not the file it is named for", f"a digest of {self.optimizer_file[10:26]}", digest)
        metadata, tensors = parse_safetensors(data, path)
        if metadata.get("synann.format") != "synann-optimizer-1":
            raise SynannError(path, "is no optimiser's state of SynaNN Studio", "synann.format synann-optimizer-1")
        return tensors


def definition_of_settings(model: str, settings: dict[str, Any], where: object) -> Definition:
    """The network of settings as a checkpoint, a record or a history has them."""
    if "model_file" in settings:
        return definition_from_json(settings["model_file"], f"{where}, model_file")
    try:
        definition = ready_model(model)
    except SynannError as error:
        raise SynannError(where, error.problem, error.expected, f'"{shown(model)}"') from None
    options = {}
    for key, words in SYNAPSE_OPTIONS.items():
        value = settings.get("synapse" if key == "semantics" else key, words[0])
        if value not in words:
            raise SynannError(f"{where}, settings", f'its "{key}" cannot be taken', ", ".join(words), shown(value))
        options[key] = value
    has_synapse = any(layer["kind"] == "synapse" for layer in definition.walk())
    return definition.with_synapse(**options) if has_synapse else definition


def read_checkpoint(path: PathLike) -> Checkpoint:
    """Reads a checkpoint, or a bare state dict.

    Args:
        path: the file.

    Raises:
        SynannError: it is no safetensors file, or its metadata cannot be taken.
    """
    metadata, tensors = read_safetensors(path)
    name = os.fspath(path)
    if "synann.format" not in metadata and "settings" not in metadata:
        return Checkpoint(name, metadata, tensors)
    format = metadata.get("synann.format", metadata.get("format", ""))
    if format not in FORMATS:
        needs = metadata.get("synann.needs", "")
        raise SynannError(path, "is not a checkpoint that this version reads" +
                          (f" (open it with version {shown(needs)} or newer)" if needs else ""), FORMATS[-1],
                          f'"{shown(format)}"')
    facts = _Metadata(metadata, name)
    checkpoint = Checkpoint(
        name, metadata, tensors, format, facts.text("model"), Fields(facts.json("settings"), f"{name}, settings").content,
        facts.whole("rows", 1, 4096), facts.whole("columns", 1, 4096), facts.whole("classes", 1, 4096),
        facts.names("class_names"), facts.whole("epoch", 1), facts.whole("step", 0), facts.whole("seed", 0, 2**64 - 1),
        facts.text("data_sha256"), facts.whole("best_epoch", 0), facts.whole("best_correct", 0), facts.real("best_loss"),
        facts.optimizer() if format == FORMATS[1] else None)
    if checkpoint.class_names and len(checkpoint.class_names) != checkpoint.classes:
        raise SynannError(path, "its class_names cannot be taken", f"{checkpoint.classes} names",
                          str(len(checkpoint.class_names)))
    return checkpoint


class _Metadata:
    """Takes texts and numbers out of a checkpoint's metadata."""

    def __init__(self, values: dict[str, str], where: str) -> None:
        self.values, self.where = values, where

    def text(self, key: str) -> str:
        if key not in self.values:
            raise SynannError(self.where, f"the checkpoint has no {key}")
        return self.values[key]

    def whole(self, key: str, least: int, most: int = 2**31 - 1) -> int:
        text = self.text(key)
        if not re.fullmatch(r"-?[0-9]{1,20}", text) or not least <= int(text) <= most:
            raise SynannError(self.where, f"the checkpoint's {key} cannot be taken", f"a whole number of at least {least}",
                              f'"{shown(text)}"')
        return int(text)

    def real(self, key: str) -> float:
        try:
            return float(self.text(key))
        except ValueError as error:
            if isinstance(error, SynannError):
                raise
            raise SynannError(self.where, f"the checkpoint's {key} cannot be taken", "a number",
                              f'"{shown(self.values[key])}"') from None

    def json(self, key: str) -> Any:
        return parse_json(self.text(key), f"{self.where}, {key}")

    def names(self, key: str) -> tuple[str, ...]:
        names = self.json(key) if key in self.values else []
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise SynannError(self.where, f"the checkpoint's {key} cannot be taken", "a list of names",
                              shown(json.dumps(names)))
        return tuple(names)

    def optimizer(self) -> str | None:
        name = self.text("synann.optimizer")
        if name == "none":
            return None
        if not re.fullmatch(r"optimizer-[0-9a-f]{16}\.safetensors", name):
            raise SynannError(self.where, "the checkpoint's synann.optimizer cannot be taken",
                              "none, or optimizer-<16 hex digits>.safetensors", f'"{shown(name)}"')
        return name
