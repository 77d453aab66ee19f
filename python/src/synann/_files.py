# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading whole files, and JSON that is stricter than Python's."""
from __future__ import annotations

import json
import math
import os
import secrets
import stat
from typing import Any, NoReturn, Union

from .errors import SynannError, shown

PathLike = Union[str, "os.PathLike[str]"]


def open_regular(path: PathLike) -> int:
    """A file descriptor for reading. Errors: not there, not readable, no regular file (a pipe would block)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SynannError(path, f"cannot be read ({reason})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SynannError(path, "cannot be read", "a file", "a folder or something else that is no file")
    return descriptor


def read_bytes(path: PathLike, most: int) -> bytes:
    """All bytes of a file of at most `most` bytes."""
    with os.fdopen(open_regular(path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise SynannError(path, "is too large", f"at most {most} bytes", f"{size}")
        try:
            return file.read(size)  # what a writer appends meanwhile is read the next time
        except (OSError, MemoryError) as error:
            raise SynannError(path, f"cannot be read ({error or 'not enough memory'})") from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f'has the key "{shown(twice)}" twice in one object')
    return result


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"is no JSON, which has neither NaN nor infinities ({word})")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("holds a number beyond the range of double precision")
    return number


def parse_json(text: bytes | str, where: object) -> Any:
    """Strict JSON: UTF-8, no NaN or infinities, no key twice in one object, no more nesting than Python reads."""
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return json.loads(decoded, object_pairs_hook=_pairs, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise SynannError(where, "is no JSON: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise SynannError(where, f"is no JSON ({error.msg.lower()} at line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise SynannError(where, "is no usable JSON: its brackets are nested too deeply") from None
    except ValueError as error:  # ours, or a whole number of thousands of digits
        problem = str(error)
        if not problem.startswith(("has ", "is ", "holds ")):
            problem = "holds a number that is too long"
        raise SynannError(where, problem) from None


_KINDS: dict[type, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false",
                           dict: "an object", list: "a list"}


class Fields:
    """The fields of a JSON object, each checked for its type as it is taken."""

    def __init__(self, content: Any, where: object) -> None:
        if not isinstance(content, dict):
            raise SynannError(where, "is not usable", "a JSON object", shown(json.dumps(content)[:100]))
        self.content: dict[str, Any] = content
        self.where = where
        self._taken: set[str] = set()

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self._taken.add(key)
        if key not in self.content:
            if default is ...:
                raise SynannError(self.where, f'has no "{key}"', _KINDS[kind])
            return default
        value = self.content[key]
        fits = isinstance(value, (int, float) if kind is float else kind)
        if not fits or (isinstance(value, bool) and kind is not bool):
            raise SynannError(self.where, f'its "{key}" cannot be taken', _KINDS[kind], shown(json.dumps(value)[:100]))
        return value

    def whole(self, key: str, default: Any = ..., least: int = -(2**63), most: int = 2**63 - 1) -> int:
        value = self._take(key, int, default)
        if value is not default and not least <= value <= most:
            raise SynannError(self.where, f'its "{key}" cannot be taken', f"a whole number from {least} to {most}",
                              shown(value))
        return int(value)

    def real(self, key: str, default: Any = ...) -> float:
        """A number; NaN where it is null, as numbers that are not finite are written."""
        if key in self.content and self.content[key] is None:
            self._taken.add(key)
            return math.nan
        value = self._take(key, float, default)
        try:
            return float(value)
        except OverflowError:
            raise SynannError(self.where, f'its "{key}" is beyond double precision') from None

    def text(self, key: str, default: Any = ...) -> str:
        return str(self._take(key, str, default))

    def flag(self, key: str, default: Any = ...) -> bool:
        return bool(self._take(key, bool, default))

    def object(self, key: str, default: Any = ...) -> dict[str, Any]:
        result: dict[str, Any] = self._take(key, dict, default)
        return result

    def list(self, key: str, default: Any = ...) -> list[Any]:
        result: list[Any] = self._take(key, list, default)
        return result

    def value(self, key: str, default: Any = None) -> Any:
        self._taken.add(key)
        return self.content.get(key, default)

    def has(self, key: str) -> bool:
        return key in self.content

    def rest(self) -> dict[str, Any]:
        """What was not asked for."""
        return {key: value for key, value in self.content.items() if key not in self._taken}


def replace_file(path: PathLike, data: bytes) -> None:
    """Writes aside, syncs and renames: the file is the old one or the new one."""
    target = os.path.abspath(path)
    aside = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{secrets.token_hex(4)}")
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            raise SynannError(path, "cannot be written", "a file, or nothing, in its place", "something else")
        with open(aside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)
    except OSError as error:
        raise SynannError(path, f"cannot be written ({error.strerror})") from None
    finally:
        if os.path.lexists(aside):
            os.remove(aside)
