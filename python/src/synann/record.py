# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of a run, synapses.record and network.record: the model's numbers at many steps, exact to the bit."""
from __future__ import annotations

import math
import os
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ._files import Fields, PathLike, open_regular, parse_json
from .errors import SynannError, SynannWarning

MAGIC = b"SYNAREC1"
FRAME_MAGIC = 0x4D415246  # "FRAM"
LARGEST_HEADER = 1 << 20  # bytes of JSON
LARGEST_FRAME = 1 << 26  # floats
KEY_INTERVAL = 32  # frames
_HEAD = struct.Struct("<IIiiqII")  # magic, back, epoch, step, steps, payload, CRC-32
_PLANE = struct.Struct("<BI")  # method, bytes that follow

Frame = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class RecordHeader:
    """What a record is of.

    Attributes:
        settings: of the run, as in a checkpoint.
        data_sha256: digest of the data.
        rows, columns, classes: of the data.
        steps_per_epoch: steps.
        epoch_ends: whether there is a frame at the end of each epoch.
        every: and one every so many steps; 0: none.
        tensors: {name: shape}, in the order in which a frame holds them.
        content: the JSON object itself.
    """

    settings: dict[str, Any]
    data_sha256: str
    rows: int
    columns: int
    classes: int
    steps_per_epoch: int
    epoch_ends: bool
    every: int
    tensors: dict[str, tuple[int, ...]]
    content: dict[str, Any]

    @property
    def frame_size(self) -> int:
        """Floats of a frame."""
        return sum(math.prod(shape) for shape in self.tensors.values())


@dataclass(frozen=True)
class _Entry:
    offset: int  # of the frame's head
    payload: int  # bytes
    back: int  # frames back to its key frame; 0 for a key frame


class Record:
    """A record, read frame by frame; also while it grows.

    Frames are numbered from 0; `steps[k]` says behind which step of the run frame k was taken. A last frame that is cut
    off (a killed process) is left out with a warning.

    Attributes:
        path: the file.
        header: what it is of.
        truncated: bytes follow the last whole frame.
        damage: why the frames end before the file does, other than by being cut off; else None.
    """

    def __init__(self, path: PathLike) -> None:
        """Opens a record.

        Raises:
            SynannError: it cannot be read, or is no record.
        """
        self.path = os.fspath(path)
        self._file: BinaryIO = os.fdopen(open_regular(path), "rb")
        try:
            self.header, self._end = _read_header(self._file, self.path)
        except BaseException:
            self._file.close()
            raise
        self._entries: list[_Entry] = []
        self._positions: list[tuple[int, int, int]] = []  # steps, epoch, step
        self._key: tuple[int, npt.NDArray[np.uint32]] | None = None  # the key frame read last
        self.truncated = False
        self.damage: str | None = None
        self.refresh()
        if self.damage:
            warnings.warn(self.damage, SynannWarning, stacklevel=2)
        elif self.truncated:
            warnings.warn(f"{self.path}: the last frame is cut off and left out", SynannWarning, stacklevel=2)

    def close(self) -> None:
        """Closes the file; no frame can be read afterwards."""
        self._file.close()

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Whole frames."""
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Record({self.path!r}: {len(self)} frames of {', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors, as in a state dict."""
        return tuple(self.header.tensors)

    @property
    def steps(self) -> npt.NDArray[np.int64]:
        """[frames]: steps done since the start of the run; rising."""
        return np.array([p[0] for p in self._positions], dtype=np.int64)

    @property
    def epochs(self) -> npt.NDArray[np.int64]:
        """[frames]: the epoch (from 1) that the run stood in; behind the last step of an epoch its next one."""
        return np.array([p[1] for p in self._positions], dtype=np.int64)

    @property
    def epoch_steps(self) -> npt.NDArray[np.int64]:
        """[frames]: steps of that epoch that were done."""
        return np.array([p[2] for p in self._positions], dtype=np.int64)

    def refresh(self) -> int:
        """Takes in the frames that were added since; returns how many."""
        before, size = len(self), os.fstat(self._file.fileno()).st_size
        most = 4 * (self.header.frame_size + _PLANE.size)
        while self.damage is None and self._end + _HEAD.size <= size:
            self._file.seek(self._end)
            head = self._file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                break
            magic, back, epoch, step, steps, payload, _ = _HEAD.unpack(head)
            rises = not self._positions or steps > self._positions[-1][0]
            good = magic == FRAME_MAGIC and payload <= most and back <= len(self) and back < KEY_INTERVAL
            if not (good and rises and epoch >= 1 and step >= 0):
                self.damage = f"{self.path}: frame {len(self)} is damaged, and with those behind it left out"
                break
            if self._end + _HEAD.size + payload > size:
                break
            self._entries.append(_Entry(self._end, payload, back))
            self._positions.append((steps, epoch, step))
            self._end += _HEAD.size + payload
        self.truncated = self.damage is None and self._end < size
        return len(self) - before

    def read(self, k: int) -> Frame:
        """Frame k: {name: float32 array of the tensor's shape}, bit for bit as the run had it.

        Args:
            k: 0 … len − 1; negative from the end.

        Raises:
            IndexError: there is no such frame.
            SynannError: it is damaged.
        """
        flat = self._bits(self._index(k)).view(np.float32)
        frame, begin = {}, 0
        for name, shape in self.header.tensors.items():
            end = begin + math.prod(shape)
            frame[name] = flat[begin:end].reshape(shape).copy()
            begin = end
        return frame

    def __getitem__(self, k: int) -> Frame:
        return self.read(k)

    def all(self, name: str, frames: slice = slice(None)) -> npt.NDArray[np.float32]:
        """One tensor at many frames.

        Args:
            name: of the tensor, as "fcn.weight".
            frames: which; all unless told otherwise.

        Returns:
            [frames, …shape], float32.
        """
        if name not in self.header.tensors:
            raise KeyError(f'{self.path}: there is no tensor "{name}" among {", ".join(self.names)}')
        numbers = range(len(self))[frames]
        shape, begin = self.header.tensors[name], 0
        for other, size in self.header.tensors.items():
            if other == name:
                break
            begin += math.prod(size)
        result = np.empty((len(numbers), *shape), dtype=np.float32)
        for row, k in enumerate(numbers):
            bits = self._bits(k)[begin : begin + math.prod(shape)]
            result[row] = bits.view(np.float32).reshape(shape)
        return result

    def at_or_before(self, steps: int) -> int | None:
        """The last frame that was taken after at most so many steps; None where there is none."""
        k = int(np.searchsorted(self.steps, steps, side="right")) - 1
        return None if k < 0 else k

    def _index(self, k: int) -> int:
        if not -len(self) <= k < len(self):
            raise IndexError(f"{self.path}: there is no frame {k}, the record has {len(self)}")
        return k % len(self)

    def _bits(self, k: int) -> npt.NDArray[np.uint32]:
        key = k - self._entries[k].back
        if self._entries[key].back != 0:
            raise SynannError(self.path, f"frame {k} is damaged: it refers to no key frame")
        if self._key is None or self._key[0] != key:
            self._key = (key, self._load(key))
        return self._key[1] if k == key else self._load(k) ^ self._key[1]

    def _load(self, k: int) -> npt.NDArray[np.uint32]:
        """The numbers of a frame as they are stored, unpacked."""
        entry = self._entries[k]
        self._file.seek(entry.offset)
        data = self._file.read(_HEAD.size + entry.payload)
        if len(data) < _HEAD.size + entry.payload:
            raise SynannError(self.path, f"frame {k} is no longer in the file")
        payload = data[_HEAD.size :]
        checksum = zlib.crc32(payload, zlib.crc32(data[: _HEAD.size - 4] + bytes(4)))
        _, _, _, _, _, length, expected = _HEAD.unpack_from(data)
        if length != entry.payload or checksum != expected:
            raise SynannError(self.path, f"frame {k} is damaged: its checksum does not fit")
        planes = _unpack(payload, self.header.frame_size)
        if planes is None:
            raise SynannError(self.path, f"frame {k} is damaged: it cannot be unpacked")
        return planes


def _unpack(payload: bytes, count: int) -> npt.NDArray[np.uint32] | None:
    """[count] numbers' bits out of four planes, the lowest byte first; None where it is not well formed."""
    numbers = np.empty((count, 4), dtype=np.uint8)
    at = 0
    for plane in range(4):
        if at + _PLANE.size > len(payload):
            return None
        method, size = _PLANE.unpack_from(payload, at)
        at += _PLANE.size
        part = payload[at : at + size]
        at += size
        if method == 1:
            stream = zlib.decompressobj()
            try:
                part = stream.decompress(part, count + 1)
            except zlib.error:
                return None
            if not stream.eof:
                return None
        if method > 1 or len(part) != count:
            return None
        numbers[:, plane] = np.frombuffer(part, dtype=np.uint8)
    return numbers.view("<u4").reshape(count).astype(np.uint32) if at == len(payload) else None


def _read_header(file: BinaryIO, path: str) -> tuple[RecordHeader, int]:
    """The header, and where the frames begin."""
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "little")
    whole = start[: len(MAGIC)] == MAGIC and len(start) == len(MAGIC) + 4 and length <= LARGEST_HEADER
    text = file.read(length) if whole else b""
    checksum = file.read(4)
    if not whole or len(text) < length or checksum != zlib.crc32(text).to_bytes(4, "little"):
        raise SynannError(path, "is not a record of SynaNN Studio", "SYNAREC1 and a header with its checksum")
    where = f"{path}, header"
    fields = Fields(parse_json(text, where), where)
    if fields.text("format") != "synann-record-1":
        raise SynannError(where, "is of another format", "synann-record-1", f'"{fields.text("format")[:40]}"')
    header = RecordHeader(
        settings=fields.object("settings"), data_sha256=fields.text("data_sha256"),
        rows=fields.whole("rows", least=1, most=4096), columns=fields.whole("columns", least=1, most=4096),
        classes=fields.whole("classes", least=1, most=4096),
        steps_per_epoch=fields.whole("steps_per_epoch", least=1, most=1 << 30), epoch_ends=fields.flag("epoch_ends"),
        every=fields.whole("every", least=0, most=1 << 30), tensors=_tensors(fields.list("tensors"), where),
        content=fields.content)
    return header, len(MAGIC) + 8 + length


def _tensors(entries: list[Any], where: str) -> dict[str, tuple[int, ...]]:
    tensors: dict[str, tuple[int, ...]] = {}
    size = 0
    for entry in entries:
        fields = Fields(entry, f"{where}, tensors")
        name, shape = fields.text("name"), fields.list("shape")
        sides = all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= 1 << 24 for n in shape)
        if not sides or len(shape) > 8:
            raise SynannError(where, f'the shape of "{name[:80]}" cannot be taken', "at most 8 numbers of at least 1")
        size += math.prod(shape)
        if size > LARGEST_FRAME or name in tensors:
            raise SynannError(where, "its list of tensors cannot be taken", "names that stand once, 2^26 numbers at most")
        tensors[name] = tuple(shape)
    if not tensors:
        raise SynannError(where, "names no tensors")
    return tensors


def read_record(path: PathLike) -> Record:
    """Opens a record, as Record(path)."""
    return Record(path)
