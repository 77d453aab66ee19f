# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the golden file of augmentation with numpy and scipy.ndimage: draws, maps, fields and images.

  python3 tests/oracle/augment_golden.py tests/engine/compute/augment_golden.safetensors

Nothing of the engine is used: the draws come from a Philox4x32-10 of its own, the images from map_coordinates (order 1,
black beyond the edges: "grid-constant"), the elastic field from gaussian_filter (mode "constant", truncate 4).
Tensors: input/K [rows, columns], whole numbers; expect/K [rows, columns], 0 to 255 before rounding; the metadata say with what.
"""
import json
import math
import struct
import sys

import numpy as np
from scipy import ndimage

PURPOSE = 0x8000
CASES = [  # rows, columns, seed, epoch, image, settings
    (28, 28, 5, 1, 0, dict(rotation=15, zoom=0.15, shift=0.1)),
    (28, 28, 5, 3, 59999, dict(rotation=180)),
    (28, 28, 2**40 + 7, 2, 17, dict(zoom=0.9)),
    (28, 28, 6, 1, 4, dict(shift=1)),
    (28, 28, 7, 1, 5, dict(shear=60)),
    (28, 28, 8, 35, 123, dict(elastic=34, elastic_sigma=4)),
    (28, 28, 9, 1, 2, dict(elastic=200, elastic_sigma=0.5, rotation=30)),
    (28, 28, 10, 2, 3, dict(erase=1, erase_min=0.02, erase_max=0.33)),
    (13, 37, 11, 4, 9, dict(rotation=25, zoom=0.3, shift=0.2, shear=20, elastic=40, elastic_sigma=6, erase=0.9)),
    (9, 5, 12, 1, 1, dict(rotation=10, zoom=0.1, elastic=3, elastic_sigma=2)),
]


def philox(counter, key):
    c, k0, k1 = list(counter), key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k1, p0 & 0xFFFFFFFF]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def uniform(seed, epoch, image, element):
    return (philox([element // 4, PURPOSE, image, epoch], seed)[element % 4] >> 8) / 2**24


def field(rows, columns, seed, epoch, image, alpha, sigma):
    pitch = (columns + 31) // 32 * 32
    blocks = rows * pitch // 2
    words = np.array([philox([b, PURPOSE + 1, image, epoch], seed) for b in range(blocks)])
    noise = ((words.T.reshape(2, rows, pitch) >> 8) / 2**23 - 1)[:, :, :columns]
    return [alpha * ndimage.gaussian_filter(n, sigma, mode="constant", truncate=4) for n in noise]


def erased(draw, rows, columns, least, most):
    for k in range(10):
        u = [draw(8 + 4 * k + e) for e in range(4)]
        area, aspect = rows * columns * (least + (most - least) * u[0]), 0.3 + (1 / 0.3 - 0.3) * u[1]
        high, wide = math.floor(math.sqrt(area * aspect) + 0.5), math.floor(math.sqrt(area / aspect) + 0.5)
        if 1 <= high <= rows and 1 <= wide <= columns:
            top, left = math.floor(u[2] * (rows - high + 1)), math.floor(u[3] * (columns - wide + 1))
            return slice(top, top + high), slice(left, left + wide)
    return None


def augmented(image, seed, epoch, number, a):
    rows, columns = image.shape
    draw = lambda element: uniform(seed, epoch, number, element)
    within = lambda key, element: a.get(key, 0) * (2 * draw(element) - 1)
    theta, phi = math.radians(within("rotation", 0)), math.radians(within("shear", 5))
    rotate = np.array([[math.cos(theta), -math.sin(theta)], [math.sin(theta), math.cos(theta)]])
    shear = np.array([[1, -math.sin(phi)], [0, math.cos(phi)]])
    zoom = np.diag([1 + within("zoom", 1), 1 + within("zoom", 2)])
    shift = np.array([rows * within("shift", 3), columns * within("shift", 4)])
    middle = np.array([(rows - 1) / 2, (columns - 1) / 2])
    new = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")).reshape(2, -1)
    old = middle[:, None] + rotate @ (shear @ zoom @ (new - middle[:, None]) + shift[:, None])
    if a.get("elastic", 0) > 0:
        moved = field(rows, columns, seed, epoch, number, a["elastic"], a.get("elastic_sigma", 4))
        old += np.stack(moved).reshape(2, -1)
    made = ndimage.map_coordinates(image.astype(float), old, order=1, mode="grid-constant", cval=0)
    made = made.reshape(rows, columns)
    if a.get("erase", 0) > 0 and draw(6) < a["erase"]:
        part = erased(draw, rows, columns, a.get("erase_min", 0.02), a.get("erase_max", 0.33))
        if part is not None:
            made[part] = 0
    return made


def main():
    random, tensors = np.random.default_rng(1), {}
    for k, (rows, columns, seed, epoch, number, settings) in enumerate(CASES):
        image = random.integers(0, 256, (rows, columns)).astype(np.uint8)
        tensors[f"input/{k}"] = image.astype(np.float32)
        tensors[f"expect/{k}"] = augmented(image, seed, epoch, number, settings).astype(np.float32)
    cases = [dict(rows=c[0], columns=c[1], seed=c[2], epoch=c[3], image=c[4], **c[5]) for c in CASES]
    header, blobs, offset = {"__metadata__": {"cases": json.dumps(cases)}}, [], 0
    for name, array in tensors.items():
        blob = array.tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


main()
