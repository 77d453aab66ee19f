# SPDX-License-Identifier: GPL-3.0-or-later
"""Run folders: what `synann train --out FOLDER` and the window leave, read and never changed."""
from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._files import Fields, PathLike, parse_json, read_bytes
from .checkpoint import Checkpoint, definition_of_settings, read_checkpoint
from .definition import Definition
from .errors import SynannError, SynannWarning
from .events import Change, Device, End, Fork, Resume, Start
from .history import History, read_history
from .record import Record
from .table import Table, data_frame

if TYPE_CHECKING:
    import pandas

HISTORY, NOTES, LOCK, BIN = "history.jsonl", "notes.json", "run.lock", ".bin"
RECORDS = {"synapses": "synapses.record", "network": "network.record"}


@dataclass(frozen=True)
class Notes:
    """What a person says about a run; empty where nothing was said."""

    title: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    archived: bool = False


class Run:
    """A run folder. It is read once, when it is opened: open it again to see what was added since.

    Attributes:
        folder: the folder.
        history: everything that was recorded and still counts.
    """

    def __init__(self, folder: PathLike) -> None:
        """Raises SynannError where the folder holds no run, or its history is damaged."""
        self.folder = os.fspath(folder)
        if not os.path.exists(os.path.join(self.folder, HISTORY)):
            raise SynannError(folder, "holds no run", f"a folder with {HISTORY}")
        self.history: History = read_history(os.path.join(self.folder, HISTORY))

    def __repr__(self) -> str:
        return f"Run({self.folder!r}: {self.model} on {self.start.data_name}, {self.epochs} epochs, {self.state})"

    @property
    def start(self) -> Start:
        """The first line of the history: data, program, device, and the settings the run began with."""
        return self.history.start

    @property
    def model(self) -> str:
        """The model's id."""
        return str(self.start.settings["model"])

    @property
    def settings(self) -> dict[str, Any]:
        """The settings in force at the end."""
        return self.history.settings

    def settings_at(self, steps: int) -> dict[str, Any]:
        """The settings in force for the step that is made after `steps` steps of the run."""
        return self.history.settings_at(steps)

    @property
    def definition(self) -> Definition:
        """The network. Raises SynannError where the model is not one of this package's."""
        return definition_of_settings(self.model, self.start.settings, self.folder)

    @property
    def losses(self) -> Table:
        """A row for each training step; see History."""
        return self.history.losses

    @property
    def evaluations(self) -> Table:
        """A row for each measurement on the test set; see History."""
        return self.history.evaluations

    @property
    def changes(self) -> list[Change]:
        """Settings that changed, in order, those of resumes and forks among them."""
        return self.history.changes

    @property
    def resumes(self) -> list[Resume]:
        """Where it went on, in order."""
        return self.history.resumes

    @property
    def forks(self) -> list[Fork]:
        """Where it left other runs, in order; the last one says whose child it is."""
        return self.history.forks

    @property
    def devices(self) -> list[Device]:
        """Where it moved to another device, in order."""
        return self.history.devices

    @property
    def end(self) -> End | None:
        """How it was left; None while it runs, or where it was killed."""
        return self.history.end

    @property
    def steps(self) -> int:
        """Training steps done."""
        return self.history.steps

    @property
    def epochs(self) -> int:
        """Evaluated epochs."""
        return int(self.evaluations["epoch"].max(initial=0))

    @property
    def best(self) -> dict[str, Any] | None:
        """The row of `evaluations` of the best epoch, {column: value}; None before the first epoch has ended."""
        rows = self.evaluations.array[self.evaluations["best"]]
        return dict(zip(self.evaluations.names, rows[-1].tolist())) if len(rows) else None

    @cached_property
    def state(self) -> str:
        """running, paused, finished, stopped, failed or interrupted, as `synann runs` says it.

        Whether somebody writes it is looked up once, by its lock, where the system has such locks.
        """
        if _is_locked(os.path.join(self.folder, LOCK)):
            pauses = self.history.pauses
            waits = bool(pauses) and self.end is None and self.history.steps_at(pauses[-1]) >= self.steps
            return "paused" if waits else "running"
        return self.end.state if self.end else "interrupted"

    @property
    def notes(self) -> Notes:
        """Title, tags and note that a person gave it. Raises SynannError where the file cannot be taken."""
        path = os.path.join(self.folder, NOTES)
        return _read_notes(path) if os.path.lexists(path) else Notes()

    def record(self, which: str = "synapses") -> Record:
        """Opens a record of it.

        Args:
            which: "synapses" (every synapse parameter, densely) or "network" (all numbers, at ends of epochs).

        Raises:
            SynannError: there is none of that name, or none was kept (`--record 0`).
        """
        if which not in RECORDS:
            raise SynannError(f'record "{which}"', "is none", ", ".join(RECORDS))
        path = os.path.join(self.folder, RECORDS[which])
        if not os.path.exists(path):
            raise SynannError(path, "is not there: the run keeps no such record")
        return Record(path)

    def checkpoint(self, which: str = "last") -> Checkpoint:
        """Reads its checkpoint "last" or "best" ("start", where it began in the lab of the Synapses page)."""
        if which not in ("last", "best", "start"):
            raise SynannError(f'checkpoint "{which}"', "is none", "last, best, start")
        return read_checkpoint(os.path.join(self.folder, f"{which}.safetensors"))

    def summary(self) -> dict[str, Any]:
        """Its state, results and settings, flat: a row of frame(). Notes that cannot be read are a SynannWarning."""
        try:
            notes = self.notes
        except SynannError as error:
            warnings.warn(f"left out: {error}", SynannWarning, stacklevel=2)
            notes = Notes()
        best = self.best
        last = self.evaluations.array[-1] if self.epochs else None
        row: dict[str, Any] = {
            "folder": self.folder, "title": notes.title, "tags": ",".join(notes.tags), "archived": notes.archived,
            "state": self.state, "data_name": self.start.data_name, "data_sha256": self.start.data_sha256,
            "parameters": self.start.parameters, "parent": self.forks[-1].parent if self.forks else "",
            "epochs_done": self.epochs, "steps": self.steps,
            "best_epoch": best["epoch"] if best else None, "best_accuracy": best["accuracy"] if best else None,
            "best_test_loss": best["test_loss"] if best else None,
            "last_accuracy": None if last is None else float(last["accuracy"]),
            "last_test_loss": None if last is None else float(last["test_loss"]),
            "last_train_loss": None if last is None else float(last["train_loss"])}
        settings = {k: v for k, v in self.settings.items() if k not in ("model_file", "log_interval")}
        return row | {key: value for key, value in settings.items() if key not in row}


def open_run(folder: PathLike) -> Run:
    """Opens a run folder.

    Raises:
        SynannError: it holds no run, or its history is damaged; one sentence says where.

    Warns:
        SynannWarning: a later version wrote events that are left out.
    """
    return Run(folder)


def runs(folder: PathLike) -> list[Run]:
    """All runs in a folder and at any depth below it, sorted by folder.

    Links to folders are not followed, and runs that were thrown away (`.bin`) are left out. A run that cannot be read is
    left out with a SynannWarning that says why.
    """
    if not os.path.isdir(folder):
        raise SynannError(folder, "is no folder")
    found = []
    for place, folders, files in os.walk(folder, onerror=_say_left_out):  # does not follow links
        folders[:] = sorted(name for name in folders if name != BIN)
        if HISTORY not in files or not os.path.isfile(os.path.join(place, HISTORY)):
            continue
        try:
            found.append(Run(place))
        except SynannError as error:
            warnings.warn(f"left out: {error}", SynannWarning, stacklevel=2)
    return sorted(found, key=lambda run: run.folder)


def _say_left_out(error: OSError) -> None:
    warnings.warn(f"{error.filename}: cannot be looked into ({error.strerror})", SynannWarning, stacklevel=4)


def frame(found: list[Run] | PathLike) -> pandas.DataFrame:
    """A pandas DataFrame with a row for each run: state, results, notes and settings.

    Args:
        found: runs, or a folder whose runs are meant.

    Raises:
        ImportError: pandas is missing.
    """
    rows = [run.summary() for run in (found if isinstance(found, list) else runs(found))]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return data_frame({key: [row.get(key) for row in rows] for key in columns})


def _read_notes(path: str) -> Notes:
    f = Fields(parse_json(read_bytes(path, 1 << 20), path), path)
    if f.value("format") != "synann-notes-1":
        raise SynannError(path, "is not a run's notes", '"format": "synann-notes-1"')
    tags = f.list("tags", [])
    if not all(isinstance(tag, str) for tag in tags):
        raise SynannError(path, 'its "tags" cannot be taken', "texts")
    return Notes(f.text("title", ""), tuple(tags), f.text("note", ""), f.flag("archived", False))


def _is_locked(path: str) -> bool:
    """Whether a program writes the run: it holds an exclusive lock on this file."""
    try:
        import fcntl
    except ImportError:  # no such locks here
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
