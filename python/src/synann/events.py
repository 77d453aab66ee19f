# SPDX-License-Identifier: GPL-3.0-or-later
"""What a history tells, event by event (docs/formats.md): plain values, read from their JSON objects."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Union

from ._files import Fields
from .errors import SynannError

SettingValue = Union[float, int, str]

_COUNT = 2**31 - 1
_EXAMPLES = 2**53  # seen in a run, as the program has it


@dataclass(frozen=True)
class Position:
    """Where a run stands: `step` steps of epoch `epoch` (from 1) are done."""

    epoch: int = 1
    step: int = 0


@dataclass(frozen=True)
class Start:
    """The first line of a history: the run as it began, or as its first program wrote it anew.

    Attributes:
        settings: all settings the run began with, by the names of the file (`lr`, `batch_size`, …).
        data_name, data_sha256: the data set and its digest.
        train_count, test_count: samples.
        steps_per_epoch: steps (batches) of an epoch.
        parameters: trained numbers.
        device, tier, isa, threads: where it computed.
        position: where the history begins.
        version, commit: of the program.
        content: the JSON object itself.
    """

    settings: dict[str, Any]
    data_name: str
    data_sha256: str
    train_count: int
    test_count: int
    steps_per_epoch: int
    parameters: int
    device: str
    tier: str
    isa: str
    threads: int
    position: Position
    version: str
    commit: str
    content: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Change:
    """A setting that is another one from `steps` steps of the run on.

    Attributes:
        position, steps: where it holds from; `steps` counts from the start of the run.
        key: the setting's name in the file.
        value: the new value.
        by: "change" where it was made while the run was open, else "resume" or "fork".
    """

    position: Position
    steps: int
    key: str
    value: SettingValue
    by: str


@dataclass(frozen=True)
class Device:
    """Another place to compute, from `position` on."""

    position: Position
    device: str
    tier: str
    isa: str
    threads: int
    note: str


@dataclass(frozen=True)
class Resume:
    """The run went on that was left; what was recorded behind `position` before counts no more.

    Attributes:
        position, steps: where it went on.
        changed: {setting: (from, to)}.
        fresh_optimizer: the optimiser's state was set to zero.
        device: where it computed from there on.
        version, commit: of the program.
        torn: lines that a killed program left half written, directly before.
    """

    position: Position
    steps: int
    changed: dict[str, tuple[SettingValue, SettingValue]]
    fresh_optimizer: bool
    device: Device
    version: str
    commit: str
    torn: int


@dataclass(frozen=True)
class Fork:
    """The run left another one here: what comes before is the other's.

    Attributes:
        position, steps: where it left.
        parent: the checkpoint it went on from, or the name of the folder of the run that was forked.
        changed: {setting: (from, to)} from here on.
        fresh_optimizer: the optimiser's state was set to zero.
        history_sha256, parameters_sha256: of the history's lines before, and of the parameters here; may be empty.
    """

    position: Position
    steps: int
    parent: str
    changed: dict[str, tuple[SettingValue, SettingValue]]
    fresh_optimizer: bool
    history_sha256: str
    parameters_sha256: str


@dataclass(frozen=True)
class End:
    """How the run was left: `state` is finished, stopped or failed; `reason` one sentence, or empty."""

    position: Position
    state: str
    reason: str
    fault: str


def read_position(fields: Fields) -> Position:
    return Position(fields.whole("epoch", 1, 1, _COUNT), fields.whole("step", 0, 0, _COUNT))


# What stands in a start event beside the settings.
_FACTS = ("event", "data_name", "data_sha256", "train_count", "test_count", "steps_per_epoch", "parameters", "device",
          "tier", "isa", "threads", "from_epoch", "from_step", "out", "device_note", "left_out", "version", "commit",
          "needs")


def read_start(content: dict[str, Any], where: str) -> Start:
    f = Fields(content, where)
    if not isinstance(f.content.get("model"), str):
        raise SynannError(where, "does not say which model it is of", '"model": a text')
    settings = {key: value for key, value in content.items() if key not in _FACTS}
    return Start(
        settings=settings, data_name=f.text("data_name", ""), data_sha256=f.text("data_sha256", ""),
        train_count=f.whole("train_count", 0, 0, _COUNT), test_count=f.whole("test_count", 0, 0, _COUNT),
        steps_per_epoch=f.whole("steps_per_epoch", 0, 0, _COUNT), parameters=f.whole("parameters", 0, 0),
        device=f.text("device", ""), tier=f.text("tier", ""), isa=f.text("isa", ""), threads=f.whole("threads", 0),
        position=Position(f.whole("from_epoch", 1, 1, _COUNT), f.whole("from_step", 0, 0, _COUNT)),
        version=f.text("version", ""), commit=f.text("commit", ""), content=content)


def read_change(f: Fields, steps: int, position: Position) -> Change | None:
    """The first number or word beside event, epoch and step; None where there is none."""
    for key, value in f.rest().items():
        if key == "event":
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise SynannError(f.where, f'its "{key}" cannot be taken', "one number or word")
        return Change(position, steps, key, value, "change")
    return None


def read_device(f: Fields, position: Position) -> Device:
    return Device(position, f.text("device", ""), f.text("tier", ""), f.text("isa", ""), f.whole("threads", 0),
                  f.text("device_note", ""))


def read_changed(f: Fields) -> dict[str, tuple[SettingValue, SettingValue]]:
    result: dict[str, tuple[SettingValue, SettingValue]] = {}
    for key, change in f.object("changed", {}).items():
        sides: list[Any] = [change.get("from"), change.get("to")] if isinstance(change, dict) else []
        if not sides or any(isinstance(s, bool) or not isinstance(s, (int, float, str)) for s in sides):
            raise SynannError(f.where, f'"{key}" of its "changed" cannot be taken', '"from" and "to"')
        result[key] = (sides[0], sides[1])
    return result


def read_resume(f: Fields, steps: int, position: Position) -> Resume:
    return Resume(position, steps, read_changed(f), f.flag("fresh_optimizer", False), read_device(f, position),
                  f.text("version", ""), f.text("commit", ""), torn_lines(f.content))


def read_fork(f: Fields, steps: int, position: Position) -> Fork:
    return Fork(position, steps, f.text("from", ""), read_changed(f), f.flag("fresh_optimizer", False),
                f.text("history_sha256", ""), f.text("parameters_sha256", ""))


def read_end(f: Fields, position: Position) -> End:
    state = f.text("state")
    if state not in ("finished", "stopped", "failed"):
        raise SynannError(f.where, 'its "state" cannot be taken', "finished, stopped or failed", f'"{state[:40]}"')
    return End(position, state, f.text("reason", ""), f.text("fault", ""))


def torn_lines(content: Any) -> int:
    """How many unreadable lines directly before an event it says that there are."""
    torn = content.get("torn", 0) if isinstance(content, dict) else 0
    if isinstance(torn, bool):
        return int(torn)
    return min(torn, 1000) if isinstance(torn, int) and torn > 0 else 0


EVALUATION = [("epoch", "i4"), ("steps", "i8"), ("examples", "i8"), ("train_loss", "f8"), ("test_loss", "f8"),
              ("correct", "i8"), ("count", "i8"), ("accuracy", "f8"), ("validation_loss", "f8"),
              ("validation_correct", "i8"), ("validation_count", "i8"), ("lr", "f8"), ("train_seconds", "f8"),
              ("eval_seconds", "f8"), ("best", "?"), ("gradient_norm", "f8"), ("dead_share", "f8"), ("headroom", "f8"),
              ("beta_norm", "f8"), ("unix_time", "f8")]


def read_evaluation(f: Fields, steps_per_epoch: int) -> tuple[Any, ...]:
    """A row of EVALUATION; NaN for what is not there."""
    epoch = f.whole("epoch", 0, 0, _COUNT)
    correct, count = f.whole("correct", 0, 0), f.whole("count", 0, 0)
    return (epoch, epoch * steps_per_epoch, f.whole("examples", 0, 0, _EXAMPLES), f.real("train_loss", math.nan),
            f.real("test_loss", math.nan), correct, count, 100 * correct / count if count else math.nan,
            f.real("validation_loss", math.nan), f.whole("validation_correct", 0, 0), f.whole("validation_count", 0, 0),
            f.real("lr", math.nan), f.real("train_seconds", math.nan), f.real("eval_seconds", math.nan),
            f.flag("best", False), f.real("gradient_norm", math.nan), f.real("dead_share", math.nan),
            f.real("headroom", math.nan), f.real("beta_norm", math.nan), f.real("unix_time", math.nan))
