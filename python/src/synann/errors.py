# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a file or an argument, as one sentence."""
from __future__ import annotations

_LONGEST = 80  # characters of a file's own text in a sentence


def shown(text: object) -> str:
    """A text out of a file, short enough and free of control characters, for a sentence."""
    plain = "".join(c if c.isprintable() else "?" for c in str(text))
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


class SynannError(ValueError):
    """A file or an argument that cannot be used.

    The message is one sentence: where, what is wrong, what was expected, what was found.

    Attributes:
        where: the file, with line or tensor where that helps.
        problem: what is wrong with it.
        expected: what should be there; may be empty.
        found: what is there; may be empty.
    """

    def __init__(self, where: object, problem: str, expected: str = "", found: str = "") -> None:
        self.where, self.problem, self.expected, self.found = str(where), problem, expected, found
        sentence = f"{self.where}: {problem}"
        if expected:
            sentence += f"; expected {expected}"
        if found:
            sentence += f"{',' if expected else ';'} found {found}"
        super().__init__(" ".join(sentence.split()) + ".")


class SynannWarning(UserWarning):
    """A file was read, but not all of it: the message says what was left out."""
