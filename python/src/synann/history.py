# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a run, history.jsonl: what was recorded and still counts (docs/formats.md)."""
from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from . import events
from ._files import Fields, PathLike, parse_json, read_bytes
from .errors import SynannError, SynannWarning, shown
from .events import Change, Device, End, Fork, Position, Resume, SettingValue, Start
from .table import Table

LARGEST_HISTORY = 4 << 30  # bytes
VERSION = (0, 1, 0)  # of the format that this package reads
_LOSS = [("step", "i8"), ("epoch", "i4"), ("examples", "i8"), ("batch_size", "i4"), ("loss", "f4")]
_LINE_START = b'{"event":"'


@dataclass
class History:
    """Everything a run recorded and that still counts. What a resume overtook is in the file and not here.

    Attributes:
        start: the first line.
        losses: a row for each training step: `step` (steps done before it since the start of the run), `epoch`,
            `examples` (training examples seen before it), `batch_size`, `loss` (float32, nats; NaN where it was not
            finite).
        evaluations: a row for each measurement on the test set, epoch 0 before training; see docs/python.md for the
            columns. NaN for what was not recorded.
        changes: settings that changed, in order, those of resumes and forks among them.
        devices, resumes, forks: in order.
        pauses: where a person paused it.
        seconds: (position, training seconds of the epoch up to there) where it was saved inside an epoch.
        end: how it was left; None while it runs, or where it was killed.
        truncated: the last line was cut off (a killed program) and left out.
        unknown: names of events that a later version wrote and this one passed over.
    """

    start: Start
    losses: Table
    evaluations: Table
    changes: list[Change] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    resumes: list[Resume] = field(default_factory=list)
    forks: list[Fork] = field(default_factory=list)
    pauses: list[Position] = field(default_factory=list)
    seconds: list[tuple[Position, float]] = field(default_factory=list)
    end: End | None = None
    truncated: bool = False
    unknown: list[str] = field(default_factory=list)

    def steps_at(self, position: Position) -> int:
        """Steps done since the start of the run."""
        return (position.epoch - 1) * self.start.steps_per_epoch + position.step

    def settings_at(self, steps: int) -> dict[str, Any]:
        """The settings in force for the step that is made after `steps` steps of the run."""
        settings = dict(self.start.settings)
        begun = self.steps_at(self.start.position)
        for change in self.changes:
            overtaken = change.steps < begun <= steps  # the first programs wrote the start anew at each resume
            if change.steps <= steps and not overtaken:
                settings[change.key] = change.value
        return settings

    @property
    def settings(self) -> dict[str, Any]:
        """The settings in force at the end."""
        return self.settings_at(2**62)

    @property
    def steps(self) -> int:
        """Steps done since the start of the run."""
        steps = len(self.losses)
        if len(self.evaluations):
            steps = max(steps, int(self.evaluations["steps"][-1]))
        return steps


def read_history(path: PathLike) -> History:
    """Reads a history.jsonl.

    Raises:
        SynannError: it is no history, needs a later version, or a line in its middle is damaged.

    Warns:
        SynannWarning: it holds events of a later version, which are left out.
    """
    return parse_history(read_bytes(path, LARGEST_HISTORY), path)


def parse_history(text: bytes, where: object) -> History:
    """The same of bytes; `where` names them in errors."""
    parser = _Parser(where)
    lines = text.split(b"\n")
    rest = lines.pop()
    for line in lines:
        parser.take_line(line)
    history = parser.finish(rest)
    if history.unknown:
        warnings.warn(f"{where}: holds what this version does not know and leaves out ({', '.join(history.unknown)})",
                      SynannWarning, stacklevel=3)
    return history


class _Parser:
    """Takes line after line."""

    def __init__(self, where: object) -> None:
        self.where = where
        self.history: History | None = None
        self.losses: list[npt.NDArray[np.void]] = []  # of consecutive steps
        self.rows: list[tuple[Any, ...]] = []  # of evaluations
        self.line = 0
        self.torn = 0  # unreadable lines up to here, and what is wrong with the first of them
        self.torn_error = SynannError(where, "is not valid JSON")
        self.looks_cut_off = True

    def at(self, line: int) -> str:
        return f"{self.where}, line {line}"

    def take_line(self, line: bytes) -> None:
        self.line += 1
        try:
            content = parse_json(line, self.at(self.line))
        except SynannError as error:
            if self.torn == 0:
                self.torn_error = error
            self.torn += 1
            self.looks_cut_off &= line.startswith(_LINE_START) or _LINE_START.startswith(line)
            return
        if self.torn and events.torn_lines(content) != self.torn:
            raise self.torn_error
        self.torn, self.looks_cut_off = 0, True
        fields = Fields(content, self.at(self.line))
        name = fields.text("event", "")
        if not name:
            raise SynannError(fields.where, "is not an event", 'an object with "event"')
        if self.history is None:
            self.take_start(name, content)
        elif name == "start":
            raise SynannError(fields.where, "begins another run in the middle of this one")
        else:
            self.take_event(name, fields, self.history)

    def take_start(self, name: str, content: dict[str, Any]) -> None:
        if name != "start":
            raise self.no_history()
        needs = content.get("needs", "")
        if isinstance(needs, str) and _newer(needs):
            raise SynannError(self.where, f"needs version {shown(needs)} of the program or a newer one",
                              found=f"version {'.'.join(map(str, VERSION))}")
        empty = Table.of_rows([], [])
        self.history = History(events.read_start(content, self.at(self.line)), empty, empty)

    def no_history(self) -> SynannError:
        return SynannError(self.where, "is not a history of SynaNN Studio", 'a "start" event in the first line')

    def take_event(self, name: str, f: Fields, h: History) -> None:
        if name == "losses":
            self.losses.append(self.read_losses(f, h))
            return
        if name in ("evaluation", "epoch"):
            self.rows.append(events.read_evaluation(f, h.start.steps_per_epoch))
            return
        take = _EVENTS.get(name)
        if take is None:
            if (word := f'event "{shown(name)}"') not in h.unknown:
                h.unknown.append(word)
            return
        position = events.read_position(f)
        if name == "resume":
            self.cut_back(position, h)
        take(f, h.steps_at(position), position, h)

    def read_losses(self, f: Fields, h: History) -> npt.NDArray[np.void]:
        epoch, step = f.whole("epoch", 1, 1, 2**31 - 1), f.whole("step", 0, 0, 2**31 - 1)
        batch, examples = f.whole("batch_size", least=1, most=2**31 - 1), f.whole("examples", least=0, most=2**53)
        values = f.list("loss")
        if not all(v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in values):
            raise SynannError(f.where, "a loss is not a number")
        block = np.empty(len(values), dtype=_LOSS)
        block["step"] = (epoch - 1) * h.start.steps_per_epoch + step + np.arange(len(values))
        block["epoch"], block["batch_size"] = epoch, batch
        block["examples"] = examples + batch * np.arange(len(values), dtype=np.int64)
        try:  # through double precision, as the program reads them: each is the same float again
            with np.errstate(over="ignore"):
                block["loss"] = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
        except OverflowError:
            raise SynannError(f.where, "a loss is beyond double precision") from None
        return block

    def cut_back(self, at: Position, h: History) -> None:
        """Forgets what was made behind a position: it was not in the checkpoint that the run went on from."""
        steps = h.steps_at(at)
        self.losses = [kept for block in self.losses if len(kept := block[block["step"] < steps])]
        self.rows = [row for row in self.rows if row[0] < at.epoch]

        def counts(p: Position) -> bool:
            return (p.epoch, p.step) <= (at.epoch, at.step)

        h.changes = [c for c in h.changes if counts(c.position)]
        h.devices = [d for d in h.devices if counts(d.position)]
        h.resumes = [r for r in h.resumes if counts(r.position)]
        h.forks = [f for f in h.forks if counts(f.position)]
        h.pauses = [p for p in h.pauses if counts(p)]
        h.seconds = [s for s in h.seconds if counts(s[0])]
        h.end = None

    def finish(self, rest: bytes) -> History:
        if self.torn and not self.looks_cut_off:
            raise self.torn_error
        if self.history is None:
            raise self.no_history()
        losses = np.concatenate(self.losses) if self.losses else np.empty(0, dtype=_LOSS)
        self.history.losses = Table(losses)
        self.history.evaluations = Table.of_rows(self.rows, events.EVALUATION)
        self.history.truncated = self.torn > 0 or bool(rest)
        return self.history


def _newer(needs: str) -> bool:
    """Whether a version is later than this one; what is no version is not."""
    numbers = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", needs)
    return numbers is not None and tuple(int(n or 0) for n in numbers.groups()) > VERSION


def _take_change(f: Fields, steps: int, position: Position, h: History) -> None:
    if (change := events.read_change(f, steps, position)) is not None:
        h.changes.append(change)


def _take_resume(f: Fields, steps: int, position: Position, h: History) -> None:
    resume = events.read_resume(f, steps, position)
    _take_changed(resume.changed, steps, position, "resume", h)
    last: Any = h.devices[-1] if h.devices else h.start
    new = resume.device
    if (last.device, last.tier, last.isa, last.threads) != (new.device, new.tier, new.isa, new.threads):
        h.devices.append(new)
    h.resumes.append(resume)


def _take_fork(f: Fields, steps: int, position: Position, h: History) -> None:
    fork = events.read_fork(f, steps, position)
    _take_changed(fork.changed, steps, position, "fork", h)
    h.forks.append(fork)
    h.end = None  # how the other run ended is not how this one did


def _take_changed(changed: dict[str, tuple[SettingValue, SettingValue]], steps: int, position: Position, by: str,
                  h: History) -> None:
    for key, (_, value) in changed.items():
        h.changes.append(Change(position, steps, key, value, by))


def _take_end(f: Fields, steps: int, position: Position, h: History) -> None:
    h.end = events.read_end(f, position)


_EVENTS: dict[str, Callable[[Fields, int, Position, History], None]] = {
    "change": _take_change,
    "resume": _take_resume,
    "fork": _take_fork,
    "end": _take_end,
    "device": lambda f, steps, position, h: h.devices.append(events.read_device(f, position)),
    "pause": lambda f, steps, position, h: h.pauses.append(position),
    "time": lambda f, steps, position, h: h.seconds.append((position, f.real("train_seconds", np.nan))),
}
