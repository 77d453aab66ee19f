# SPDX-License-Identifier: GPL-3.0-or-later
"""Images and labels in IDX files, as MNIST and `synann data make` have them."""
from __future__ import annotations

import gzip
import math
import os
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from ._files import PathLike, read_bytes
from .errors import SynannError

_MOST = 4 << 30  # bytes, unpacked too
PARTS = {"train": "train", "test": "t10k"}


def read_idx(path: PathLike) -> npt.NDArray[np.uint8]:
    """An IDX file of unsigned bytes, plain or packed with gzip.

    Returns:
        An array of one to three dimensions as the file says: labels [N], images [N, rows, columns].

    Raises:
        SynannError: it is no IDX file of bytes, or its length does not fit its header.
    """
    data = read_bytes(path, _MOST)
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(path)
    if len(data) < 4 or data[:3] != b"\0\0\x08" or not 1 <= data[3] <= 3 or len(data) < 4 + 4 * data[3]:
        raise SynannError(path, "is no IDX file of bytes", "00 00 08 and one to three dimensions", data[:4].hex(" "))
    shape = tuple(int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(data[3]))
    begin = 4 + 4 * len(shape)
    if len(data) != begin + math.prod(shape):
        raise SynannError(path, "its length does not fit its header", f"{begin + math.prod(shape)} bytes", str(len(data)))
    return np.frombuffer(data, np.uint8, offset=begin).reshape(shape).copy()


def _unpacked(path: PathLike) -> bytes:
    try:
        with gzip.open(path) as file:
            data: Any = file.read(_MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SynannError(path, f"cannot be unpacked ({error})") from None
    if len(data) > _MOST:
        raise SynannError(path, "is too large", f"at most {_MOST} bytes")
    return bytes(data)


def read_images(folder: PathLike, part: str = "test") -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Images and labels of a folder with MNIST's four IDX files, plain or with .gz.

    Args:
        folder: as `synann data make FOLDER` and torchvision leave it.
        part: "train" or "test".

    Returns:
        (images [N, rows, columns] from 0 to 255, labels [N]).
    """
    if part not in PARTS:
        raise SynannError(f'part "{part}"', "is none", ", ".join(PARTS))
    arrays = []
    for name in (f"{PARTS[part]}-images-idx3-ubyte", f"{PARTS[part]}-labels-idx1-ubyte"):
        path = os.path.join(folder, name)
        arrays.append(read_idx(path if os.path.exists(path) or not os.path.exists(path + ".gz") else path + ".gz"))
    images, labels = arrays
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise SynannError(folder, "images and labels do not fit together", "as many labels as images",
                          f"shapes {images.shape} and {labels.shape}")
    return images, labels.astype(np.int64)
