# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders in the layout of the Hugging Face Hub, as `synann export --format hub` writes them."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .._files import PathLike
from ..definition import definition_from_json
from ..errors import SynannError
from ..safetensors import read_safetensors
from .files import load_tensors
from .network import Network


def from_hub(folder: PathLike) -> Network:
    """The network of a folder that holds config.json and model.safetensors, loaded strictly.

    Args:
        folder: as `huggingface_hub.snapshot_download()` returns it, or a local one.

    Returns:
        The network, in evaluation mode.

    Raises:
        SynannError: a file cannot be read, or the tensors are not exactly those of the network.
    """
    path = Path(folder)
    config = _read_config(path / "config.json")
    network = network_from_config(config, path / "config.json")
    tensors_file = path / "model.safetensors"
    load_tensors(network, read_safetensors(tensors_file)[1], tensors_file)
    return network.eval()


def network_from_config(config: Any, where: object = "config.json") -> Network:
    """A network with fresh numbers, as config.json describes it.

    Raises:
        SynannError: the configuration has no model, or one that is none.
    """
    sizes = [config.get(key) for key in ("rows", "columns", "classes")] if isinstance(config, dict) else [None]
    if any(not isinstance(size, int) or isinstance(size, bool) for size in sizes):
        raise SynannError(where, "describes no network", '"model", and "rows", "columns", "classes" as whole numbers')
    return Network(definition_from_json(config.get("model"), where), *sizes)


def _read_config(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SynannError(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise SynannError(path, "is no JSON") from error


try:
    from huggingface_hub import PyTorchModelHubMixin
except ImportError:
    pass
else:

    class HubNetwork(Network, PyTorchModelHubMixin, library_name="synann"):
        """The same through huggingface_hub: `HubNetwork.from_pretrained(NAME, strict=True)`, `push_to_hub(NAME)`.

        Args:
            model: the model file as JSON, of config.json.
            rows, columns, classes: of the images.
        """

        def __init__(self, model: dict[str, Any], rows: int = 28, columns: int = 28, classes: int = 10) -> None:
            super().__init__(definition_from_json(model, "config.json"), rows, columns, classes)
