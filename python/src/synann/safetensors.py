# SPDX-License-Identifier: GPL-3.0-or-later
"""Safetensors files with numpy alone: a reader that trusts nothing in the file, and a writer."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ._files import Fields, PathLike, parse_json, read_bytes, replace_file
from .errors import SynannError, shown

LARGEST_HEADER = 100_000_000  # bytes, the reference implementation's limit
LARGEST_FILE = 1 << 40  # bytes; what does not fit into memory is an error of its own
_LARGEST_COUNT = 2**63 - 1

# Little-endian, whatever the machine is; BF16 is read by its bits.
_TYPES: dict[str, str] = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items() if name != "BF16"}

Array = npt.NDArray[Any]


def read_safetensors(path: PathLike) -> tuple[dict[str, str], dict[str, Array]]:
    """Metadata and tensors of a safetensors file.

    Args:
        path: the file.

    Returns:
        The metadata (text to text), and the tensors by name, in the order of the file's header, each with the shape and
        type it has there. BF16 tensors, which numpy does not have, become float32, which holds each of their numbers.

    Raises:
        SynannError: the file is no safetensors file, is cut off, its header is too large or is no strict JSON, names a
            tensor twice, or tensors leave holes, overlap or are of an unknown type.
    """
    return parse_safetensors(read_bytes(path, LARGEST_FILE), path)


def parse_safetensors(data: bytes, where: object) -> tuple[dict[str, str], dict[str, Array]]:
    """The same of bytes; `where` names them in errors."""
    header, begin = _header(data, where)
    metadata = _metadata(header.pop("__metadata__", None), where)
    places = {name: _place(entry, f'{where}, tensor "{shown(name)}"') for name, entry in header.items()}
    _check_cover(places, len(data) - begin, where)
    tensors = {}
    for name, (kind, shape, first, last) in places.items():
        flat = np.frombuffer(data, dtype=_TYPES[kind], count=(last - first) // np.dtype(_TYPES[kind]).itemsize,
                             offset=begin + first)
        try:
            tensors[name] = _native(flat, kind).reshape(shape)
        except (ValueError, OverflowError):  # no numbers, but sides beyond what numpy counts
            raise SynannError(f'{where}, tensor "{shown(name)}"', "its shape is too large", found=shown(shape)) from None
    return metadata, tensors


def _header(data: bytes, where: object) -> tuple[dict[str, Any], int]:
    """The JSON object, and where the tensors begin."""
    if len(data) < 8:
        raise SynannError(where, "is too short for a safetensors file", "at least 8 bytes", str(len(data)))
    length = int.from_bytes(data[:8], "little")
    most = min(len(data) - 8, LARGEST_HEADER)
    if length > most:
        raise SynannError(where, "is no safetensors file, or is cut off: its header does not fit into it",
                          f"at most {most} bytes", str(length))
    header = parse_json(data[8 : 8 + length], f"{where}, header")
    if not isinstance(header, dict):
        raise SynannError(where, "is no safetensors file: its header is no JSON object")
    return header, 8 + length


def _metadata(value: Any, where: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SynannError(where, "its __metadata__ is no object")
    for key, text in value.items():
        if not isinstance(text, str):
            raise SynannError(where, f'its __metadata__ "{shown(key)}" is no text')
    return dict(value)


def _place(entry: Any, where: str) -> tuple[str, tuple[int, ...], int, int]:
    """(type, shape, first byte, byte behind the last) of a tensor."""
    fields = Fields(entry, where)
    kind, shape, offsets = fields.text("dtype"), fields.list("shape"), fields.list("data_offsets")
    if kind not in _TYPES:
        raise SynannError(where, "is of a type that cannot be read", ", ".join(_TYPES), f'"{shown(kind)}"')
    numbers = [*shape, *offsets]
    if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= _LARGEST_COUNT for n in numbers):
        raise SynannError(where, "its shape and data_offsets cannot be taken", "whole numbers of at least 0",
                          shown(json.dumps(numbers)))
    if len(offsets) != 2 or offsets[0] > offsets[1]:
        raise SynannError(where, "its data_offsets cannot be taken", "two ascending numbers", shown(offsets))
    if len(shape) > 32:
        raise SynannError(where, "has too many dimensions", "at most 32", str(len(shape)))
    size = np.dtype(_TYPES[kind]).itemsize
    for side in shape:
        size *= side
    if offsets[1] - offsets[0] != size:
        raise SynannError(where, "its length does not match its shape", f"{size} bytes", str(offsets[1] - offsets[0]))
    return kind, tuple(shape), offsets[0], offsets[1]


def _check_cover(places: Mapping[str, tuple[str, tuple[int, ...], int, int]], size: int, where: object) -> None:
    """Tensors cover all bytes behind the header, without hole or overlap."""
    end = 0
    for name, (_, _, first, last) in sorted(places.items(), key=lambda item: item[1][2:]):
        if first != end:
            raise SynannError(where, f'tensor "{shown(name)}" leaves a hole or overlaps its neighbour', f"offset {end}",
                              str(first))
        if last > size:
            raise SynannError(where, f'is cut off: tensor "{shown(name)}" ends behind the file',
                              f"at least {last} bytes of tensors", str(size))
        end = last
    if end != size:
        raise SynannError(where, "bytes follow the last tensor", f"{end} bytes of tensors", str(size))


def _native(flat: Array, kind: str) -> Array:
    """A copy in the machine's byte order that may be written to."""
    if kind == "BF16":
        return (flat.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return flat.astype(flat.dtype.newbyteorder("="), copy=True)


def format_safetensors(tensors: Mapping[str, Array], metadata: Mapping[str, str] | None = None) -> bytes:
    """A safetensors file as bytes: tensors by descending alignment, then name, as the reference implementation writes it.

    Raises:
        SynannError: a tensor's type is not one of safetensors.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    parts: list[bytes] = []
    end = 0
    arrays = {name: np.asarray(array) for name, array in tensors.items()}
    for name in sorted(arrays, key=lambda n: (-arrays[n].dtype.itemsize, n)):
        array = arrays[name]
        kind = _NAMES.get(array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype)
        if kind is None:
            raise SynannError(f'tensor "{shown(name)}"', "its type is not one of safetensors", ", ".join(_NAMES.values()),
                              str(array.dtype))
        part = array.astype(_TYPES[kind], copy=False).tobytes()  # row-major
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def write_safetensors(path: PathLike, tensors: Mapping[str, Array], metadata: Mapping[str, str] | None = None) -> None:
    """Writes a safetensors file; one that is there is replaced whole, or stays as it is.

    Args:
        path: the file.
        tensors: arrays by name; float, integer and boolean types.
        metadata: text to text; may be left out.
    """
    replace_file(path, format_safetensors(tensors, metadata))
