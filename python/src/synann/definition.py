# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as data: model files (synann-model-1, docs/models.md) and the models that come with the program."""
from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from ._files import Fields, PathLike, parse_json, read_bytes, replace_file
from .errors import SynannError, shown

FORMAT = "synann-model-1"
LARGEST_FILE = 1 << 20  # bytes
MOST_LAYERS = 1000

# Choices of a synapse layer; the first is the default.
SYNAPSE_OPTIONS: dict[str, tuple[str, ...]] = {
    "semantics": ("per-sample", "batch-coupled"), "beta": ("free", "sigmoid", "clamp"),
    "alpha": ("one", "exp", "softplus"), "diagonal": ("keep", "zero")}

_COUNT = ("whole", 1, 1 << 20)
_WINDOW = ("whole", 1, 255)
_NAME = ("name",)
_POOL = {"kernel": (True, _WINDOW), "stride": (False, _WINDOW)}
_DROPOUT = {"p": (True, ("real", 0, 0.999999))}
# kind: {key: (required, what it may be)}; as engine/model/layer_keys.cpp has it
KINDS: dict[str, dict[str, tuple[bool, tuple[Any, ...]]]] = {
    "conv2d": {"name": (True, _NAME), "out": (True, _COUNT), "kernel": (True, _WINDOW), "stride": (False, _WINDOW),
               "padding": (False, ("whole", 0, 255)), "groups": (False, _COUNT), "bias": (False, ("flag",))},
    "max_pool2d": _POOL, "avg_pool2d": _POOL, "global_max_pool2d": {}, "global_avg_pool2d": {},
    "linear": {"name": (True, _NAME), "out": (True, ("features",)), "bias": (False, ("flag",))},
    "batch_norm1d": {"name": (True, _NAME)}, "batch_norm2d": {"name": (True, _NAME)},
    "relu": {}, "sigmoid": {}, "tanh": {}, "glu": {},
    "clamp": {"min": (False, ("real", -1e6, 1e6)), "max": (False, ("real", -1e6, 1e6))},
    "dropout": _DROPOUT, "dropout2d": _DROPOUT,
    "softmax": {"temperature": (False, ("real", 1e-3, 1e6)), "scale": (False, ("real", 1e-6, 1e6))},
    "syna_rnn": {"name": (True, _NAME), "out": (True, _COUNT),
                 "inhibition": (False, ("word", "synapse", "dense", "none"))},
    "synapse": {"name": (True, _NAME), "out": (False, _COUNT), "excitatory": (False, ("excitatory",)),
                "over": (False, ("word", "features", "channels", "positions")),
                **{key: (False, ("word", *words)) for key, words in SYNAPSE_OPTIONS.items()}},
    "log_softmax": {}, "residual": {"layers": (True, ("layers",))},
}
Layer = dict[str, Any]


@dataclass(frozen=True)
class Definition:
    """A network of any layers, not yet built for images of a size.

    Attributes:
        id: what runs call it, as "syna-cnn".
        layers: from the image to log_softmax, each as its JSON object ({"kind": "conv2d", "name": "conv1", …}).
        mean, deviation: of the input: pixels from 0 to 1 become (pixel − mean) / deviation.
        title, help: for people.
        training: settings it is recommended with.
    """

    id: str
    layers: tuple[Layer, ...]
    mean: float = 0.1307
    deviation: float = 0.3081
    title: str = ""
    help: str = ""
    training: dict[str, Any] = field(default_factory=dict)

    def walk(self) -> Iterator[Layer]:
        """All layers, those inside residual blocks too, in the order of the file."""
        return _walk(self.layers)

    def with_synapse(self, **options: str) -> Definition:
        """The same network with other options of its synapse layers.

        Args:
            options: `semantics`, `beta`, `alpha`, `diagonal`, as in a model file.

        Raises:
            SynannError: there is no such option, or it has no such value, or no layer takes one that is not the default.
        """
        for key, value in options.items():
            words = SYNAPSE_OPTIONS.get(key)
            if words is None:
                raise SynannError(f'option "{shown(key)}"', "is none of a synapse layer", ", ".join(SYNAPSE_OPTIONS))
            if value not in words:
                raise SynannError(f'option "{key}"', "cannot be taken", ", ".join(words), shown(value))
        if not options:
            return self
        takes = any(layer["kind"] == "synapse" for layer in self.walk())
        if not takes and any(value != SYNAPSE_OPTIONS[key][0] for key, value in options.items()):
            raise SynannError(self.id, "has no synapse layer that could take options")
        return replace(self, layers=tuple(_with_options(layer, options) for layer in self.layers))

    def to_json(self) -> dict[str, Any]:
        """The JSON object of its model file."""
        content: dict[str, Any] = {"format": FORMAT, "id": self.id, "title": self.title or self.id}
        if self.help:
            content["help"] = self.help
        content["input"] = {"scale": [self.mean, self.deviation]}
        if self.training:
            content["training"] = self.training
        content["layers"] = list(self.layers)
        return content

    def write(self, path: PathLike) -> None:
        """Writes its model file, which `synann train --model FILE` and `synann eval --model FILE` take."""
        replace_file(path, (json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n").encode())


def _walk(layers: Any) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        if layer["kind"] == "residual":
            yield from _walk(layer["layers"])


def _with_options(layer: Layer, options: dict[str, str]) -> Layer:
    if layer["kind"] == "residual":
        return {**layer, "layers": [_with_options(inner, options) for inner in layer["layers"]]}
    return {**layer, **options} if layer["kind"] == "synapse" else layer


def ready_models() -> list[str]:
    """The ids of the models that come with the program, as `synann model list` has them."""
    folder = resources.files("synann") / "models"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".json"))


def ready_model(id: str) -> Definition:
    """A model that comes with the program, by its id. Raises SynannError where there is none of that id."""
    if id not in ready_models():
        raise SynannError(f'model "{shown(id)}"', "does not come with the program", ", ".join(ready_models()))
    file = resources.files("synann") / "models" / f"{id}.json"
    return parse_model(file.read_bytes(), file.name)


def read_model(path: PathLike) -> Definition:
    """Reads a model file. Raises SynannError with the layer's number and kind, what was expected and found."""
    return parse_model(read_bytes(path, LARGEST_FILE), path)


def parse_model(text: bytes, where: object) -> Definition:
    """The same of bytes; `where` names them in errors."""
    return definition_from_json(parse_json(text, where), where)


def definition_from_json(content: Any, where: object) -> Definition:
    """A definition out of the JSON object of a model file, as settings hold it too."""
    f = Fields(content, where)
    if f.value("format") != FORMAT:
        raise SynannError(where, "is no model file", f'a JSON object with "format": "{FORMAT}"')
    id = f.text("id")
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", id):
        raise SynannError(where, 'has no usable "id"', 'up to 40 of a–z, 0–9, "-" and "_"', f'"{shown(id)}"')
    mean, deviation = _scale(Fields(f.object("input", {}), f"{where}, input"))
    layers = _Layers(where).read(f.list("layers"))
    if not layers or layers[-1]["kind"] != "log_softmax":
        raise SynannError(where, "does not end with log_softmax")
    if sum(layer["kind"] == "log_softmax" for layer in _walk(layers)) > 1:
        raise SynannError(where, "has log_softmax before its end", "log_softmax as the last layer alone")
    definition = Definition(id, tuple(layers), mean, deviation, f.text("title", id), f.text("help", ""),
                            f.object("training", {}))
    if unknown := f.rest():
        raise SynannError(where, f'has the unknown key "{shown(next(iter(unknown)))}"')
    return definition


def _scale(f: Fields) -> tuple[float, float]:
    scale = f.list("scale", [0.1307, 0.3081])
    numbers = [n for n in scale if isinstance(n, (int, float)) and not isinstance(n, bool)]
    if len(scale) != 2 or len(numbers) != 2 or not numbers[1] > 0 or f.rest():
        raise SynannError(f.where, "cannot be taken", '{"scale": [mean, deviation]}, the deviation above 0')
    return float(numbers[0]), float(numbers[1])


class _Layers:
    """Reads the layers of a file, and counts them as the file has them, those of residual blocks too."""

    def __init__(self, where: object) -> None:
        self.where = where
        self.number = 0
        self.names: set[str] = set()
        self.exposed: set[str] = set()

    def read(self, contents: list[Any], deep: int = 0) -> list[Layer]:
        if deep > 60:
            raise SynannError(self.where, "its residual blocks are nested too deeply")
        return [self.layer(content, deep) for content in contents]

    def layer(self, content: Any, deep: int) -> Layer:
        self.number += 1
        where = f"{self.where}, layer {self.number}"
        if self.number > MOST_LAYERS:
            raise SynannError(self.where, "has too many layers", f"at most {MOST_LAYERS}")
        f = Fields(content, where)
        kind = f.text("kind")
        if kind not in KINDS:
            raise SynannError(where, "is of an unknown kind", ", ".join(KINDS), f'"{shown(kind)}"')
        where += f" ({kind})"
        layer: Layer = {"kind": kind}
        for key, (required, rule) in KINDS[kind].items():
            if f.has(key):
                layer[key] = self.value(f.value(key), rule, f'{where}: its "{key}"', deep)
            elif required:
                raise SynannError(where, f'has no "{key}"')
        self.take_exposes(f, kind, layer, where)
        self.check(layer, where)
        if unknown := f.rest():
            raise SynannError(where, f'has the unknown key "{shown(next(iter(unknown)))}"')
        return layer

    def take_exposes(self, f: Fields, kind: str, layer: Layer, where: str) -> None:
        if kind == "residual" or not f.has("exposes"):
            return
        word = layer["exposes"] = f.text("exposes")
        if word and word in self.exposed:
            raise SynannError(where, f'exposes "{shown(word)}", which an earlier layer does')
        self.exposed.add(word)

    def check(self, layer: Layer, where: str) -> None:
        name = layer.get("name")
        if name is not None and name in self.names:
            raise SynannError(where, f'has the name "{name}", which an earlier layer has')
        self.names.add(name or "")
        if layer["kind"] == "clamp" and not layer.get("min", 0) < layer.get("max", 1):
            raise SynannError(where, "clamps to nothing", '"min" below "max"')

    def value(self, value: Any, rule: tuple[Any, ...], where: str, deep: int) -> Any:
        if rule[0] == "layers":
            if not isinstance(value, list) or not value:
                raise SynannError(where, "cannot be taken", "an array of at least one layer")
            return self.read(value, deep + 1)
        taken = _taken(value, rule)
        if taken is None:
            raise SynannError(where, "cannot be taken", _expected(rule), shown(json.dumps(value)[:100]))
        return taken


def _whole(value: Any, least: int, most: int) -> int | None:
    """Whole numbers may be written as 3 or 3.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != math.floor(value):
        return None
    return int(value) if least <= value <= most else None


def _taken(value: Any, rule: tuple[Any, ...]) -> Any:
    """The value where a rule allows it, else None."""
    kind = rule[0]
    if kind == "whole":
        return _whole(value, rule[1], rule[2])
    if kind == "features":
        return value if value == "classes" else _whole(value, 1, 1 << 20)
    if kind == "real":
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and rule[1] <= value <= rule[2]
        return value if number else None
    if kind == "flag":
        return value if isinstance(value, bool) else None
    if kind == "word":
        return value if isinstance(value, str) and value in rule[1:] else None
    if kind == "name":
        good = isinstance(value, str) and re.fullmatch(r"(?!\.)[A-Za-z0-9_.-]{1,64}(?<!\.)", value)
        return value if good else None
    if value == "first":  # excitatory
        return value
    indices = [_whole(v, 0, 2**31 - 1) for v in value] if isinstance(value, list) else []
    return indices if indices and len(indices) <= 1 << 16 and None not in indices else None


def _expected(rule: tuple[Any, ...]) -> str:
    return {"whole": "a whole number from {} to {}", "real": "a number from {} to {}", "flag": "true or false",
            "features": 'a whole number of at least 1, or "classes"', "name": "letters, digits, _, - and points between them",
            "word": "one of " + ", ".join(map(str, rule[1:])),
            "excitatory": '"first", or a list of input indices from 0'}[rule[0]].format(*rule[1:])
