# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns of equal length: numpy arrays, and a pandas DataFrame where pandas is there."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas


def data_frame(columns: Mapping[str, Any]) -> pandas.DataFrame:
    """A DataFrame of columns. Errors: ImportError that says what to install."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_frame() needs pandas: pip install pandas") from error
    return pandas.DataFrame(dict(columns))


class Table:
    """Named columns, each a one-dimensional array of the same length.

    `table["loss"]` is a column, `table.array` the same as a numpy structured array, `table.to_frame()` a DataFrame.
    """

    def __init__(self, array: npt.NDArray[np.void]) -> None:
        self.array = array

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Any, ...]], dtype: Sequence[tuple[str, str]]) -> Table:
        return cls(np.array(list(rows), dtype=list(dtype)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.array.dtype.names or ())

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self.names:
            raise KeyError(f'there is no column "{name}" among {", ".join(self.names)}')
        return self.array[name]

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """{name: column}."""
        return {name: self.array[name] for name in self.names}

    def to_frame(self) -> pandas.DataFrame:
        """A pandas DataFrame with the same columns. Raises ImportError where pandas is missing."""
        return data_frame({name: np.ascontiguousarray(column) for name, column in self.to_dict().items()})

    def __repr__(self) -> str:
        return f"Table({len(self)} rows of {', '.join(self.names)})"
