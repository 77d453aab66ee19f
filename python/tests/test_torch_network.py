# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks: every ready model loads strictly and says what the program says; what is trained here goes back."""
import copy
import json
import os

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is missing")
import torch.nn.functional as F  # noqa: E402

import synann  # noqa: E402
import synann.torch  # noqa: E402
from conftest import REPOSITORY, one_sentence  # noqa: E402

GOLDEN = sorted((REPOSITORY / "tests" / "models" / "golden").glob("*.safetensors"))
LARGE = ("syna-cnn-tf",)  # 5 million parameters: not trained here, and few images
torch.set_num_threads(1)  # small networks; other tests may run beside them


def measured(net, folder, batch=100):
    """(mean loss, correct) on the test part, in batches as the program measures."""
    images, labels = synann.read_images(folder, "test")
    loss = correct = 0
    with torch.no_grad():
        for k in range(0, len(images), batch):
            log_probs, target = net(net.scale(images[k : k + batch])), torch.from_numpy(labels[k : k + batch])
            loss += F.nll_loss(log_probs, target, reduction="sum").item()
            correct += int((log_probs.argmax(1) == target).sum())
    return loss / len(images), correct


def program_measures(synann_says, folder, file, *more):
    said = json.loads(synann_says("eval", "--checkpoint", file, "--data", folder, "--json", *more))
    return said["test_loss"], said["correct"]


@pytest.fixture(scope="module")
def few_digits(synann_says, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "few"
    synann_says("data", "make", folder, "--train", 60, "--test", 20)
    return folder


def checkpoint_of(id, synann_says, digits, folder):
    """A checkpoint of the program: trained for an epoch, or of numbers that were drawn here."""
    if id not in LARGE:
        synann_says("train", "--model", id, "--data", digits, "--train-count", 200, "--epochs", 1, "--batch-size", 32,
                    "--no-watch-headroom", "--record", 0, "--out", folder / "run")
    else:
        synann.torch.save(synann.torch.build(id), folder / "drawn.safetensors")
        synann_says("import", folder / "drawn.safetensors", "--model", id, "--out", folder / "run")
    return folder / "run" / "last.safetensors"


@pytest.mark.parametrize("id", synann.ready_models())
def test_a_ready_model_of_the_program_says_here_what_it_says_there(id, synann_says, digits, few_digits, tmp_path):
    file = checkpoint_of(id, synann_says, digits, tmp_path)
    data = few_digits if id in LARGE else digits
    net = synann.torch.load(file)
    assert not net.training and net.definition.id == id
    assert set(net.state_dict()) == set(synann.read_checkpoint(file).tensors)
    (loss, correct), (said_loss, said_correct) = measured(net, data), program_measures(synann_says, data, file)
    assert correct == said_correct and abs(loss - said_loss) < 1e-5 * max(1, said_loss)
    # Probabilities of single images, each in a call of its own: a batch-coupled layer sees all images of a call.
    pixels = synann.read_images(data, "test")[0]
    for k in range(2):
        said = json.loads(synann_says("predict", "--checkpoint", file, "--normalise", "none", "--json",
                                      f"{data}/t10k-images-idx3-ubyte.gz#{k}"))["probabilities"]
        with torch.no_grad():
            assert np.abs(net(net.scale(pixels[k : k + 1])).exp()[0].numpy() - said).max() < 1e-5


@pytest.mark.parametrize("options", ({"beta": "sigmoid", "alpha": "softplus", "diagonal": "zero"},
                                     {"beta": "clamp", "alpha": "exp"}, {"synapse": "batch-coupled"}))
def test_options_of_the_synapse_layer_are_taken_from_the_settings(options, synann_says, digits, tmp_path):
    words = [part for key, value in options.items() for part in (f"--{key}", value)]
    synann_says("train", "--model", "syna-pixel", "--data", digits, "--train-count", 200, "--epochs", 1,
                "--no-watch-headroom", "--out", tmp_path / "run", *words)
    net = synann.torch.load(tmp_path / "run" / "last.safetensors")
    loss, correct = measured(net, digits)
    said_loss, said_correct = program_measures(synann_says, digits, tmp_path / "run" / "last.safetensors")
    assert correct == said_correct and abs(loss - said_loss) < 1e-5 * max(1, said_loss)


@pytest.mark.parametrize("rival", ("dense", "dense-relu", "dense-bn-relu", "glu", "identity", "wide-identity", "no-batch-norm"))
def test_rivals_and_models_from_files_come_with_the_checkpoint(rival, synann_says, digits, tmp_path):
    synann_says("train", "--model", f"syna-mlp-relu:{rival}", "--data", digits, "--train-count", 200, "--epochs", 1, "--out",
                tmp_path / "run")
    file = tmp_path / "run" / "best.safetensors"
    net = synann.torch.load(file)
    assert net.definition.id == f"{rival}-mlp-relu"
    (loss, correct), (said_loss, said_correct) = measured(net, digits), program_measures(synann_says, digits, file)
    assert correct == said_correct and abs(loss - said_loss) < 1e-5


def train_on(net, images, labels, steps=8, lr=0.05):
    """The losses of so many steps of SGD on the same images."""
    net.train()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.5)
    x, target, losses = net.scale(images), torch.from_numpy(labels), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.nll_loss(net(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("id", ("syna-pixel", "syna-mlp-relu", "syna-fast", "syna-rnn"))
def test_training_goes_on_here_and_back_there(id, synann_says, digits, tmp_path):
    synann_says("train", "--model", id, "--data", digits, "--train-count", 200, "--epochs", 1, "--out", tmp_path / "run")
    net = synann.torch.load(tmp_path / "run" / "last.safetensors")
    images, labels = synann.read_images(digits, "train")
    losses = train_on(net, images[:100], labels[:100])
    assert losses[-1] < losses[0]
    synann.torch.save(net, tmp_path / "mine.safetensors")
    loss, correct = measured(net.eval(), digits)
    said = program_measures(synann_says, digits, tmp_path / "mine.safetensors", "--model", id)
    assert correct == said[1] and abs(loss - said[0]) < 1e-5
    again = synann.torch.load(tmp_path / "mine.safetensors", id)
    assert measured(again, digits) == (loss, correct)
    synann_says("import", tmp_path / "mine.safetensors", "--model", id, "--out", tmp_path / "imported")
    assert measured(synann.torch.load(tmp_path / "imported" / "last.safetensors"), digits) == (loss, correct)
    synann_says("train", "--resume", tmp_path / "imported" / "last.safetensors", "--data", digits, "--epochs", 1)


def test_a_network_of_ones_own_goes_there_with_its_model_file(synann_says, digits, tmp_path):
    torch.manual_seed(5)
    net = synann.torch.build("syna-pixel", beta="sigmoid", alpha="softplus", diagonal="zero")
    images, labels = synann.read_images(digits, "train")
    train_on(net, images[:100], labels[:100])
    synann.torch.save(net, tmp_path / "mine.safetensors")
    net.definition.write(tmp_path / "net.json")
    said = program_measures(synann_says, digits, tmp_path / "mine.safetensors", "--model", tmp_path / "net.json")
    loss, correct = measured(net.eval(), digits)
    assert correct == said[1] and abs(loss - said[0]) < 1e-5


def golden_net(metadata, tensors):
    """The network of a golden file in float64, with its parameters and without dropout."""
    rows, columns, classes = *tensors["input"].shape[2:], tensors["expect/log_probs"].shape[1]
    if "model_file" in metadata:
        net = synann.torch.build(synann.parse_model(metadata["model_file"].encode(), "golden"), rows, columns, classes)
    else:
        options = {"semantics" if k == "synapse" else k: metadata[k] for k in ("synapse", "beta", "alpha", "diagonal")
                   if k in metadata}
        net = synann.torch.build(metadata["model"], rows, columns, classes, **options)
    synann.torch.load_tensors(net, {k[6:]: v for k, v in tensors.items() if k.startswith("param/")}, "golden")
    for layer in net.modules():
        if isinstance(layer, (torch.nn.Dropout, torch.nn.Dropout2d)):
            layer.p = 0.0
    return net.double()


def check_golden(path, tolerance):
    metadata, tensors = synann.read_safetensors(path)
    net = golden_net(metadata, tensors)
    x, target = torch.from_numpy(tensors["input"]).double(), torch.from_numpy(tensors["target"])
    with torch.no_grad():
        found = {"expect/eval_log_probs": net.eval()(x)}
    net.train()
    log_probs = net(x)
    loss = F.nll_loss(log_probs, target)
    loss.backward()
    found |= {"expect/log_probs": log_probs, "expect/loss": loss[None]}
    found |= {f"expect/grad/{name}": p.grad for name, p in net.named_parameters() if p.grad is not None}
    whole = sum(np.linalg.norm(v) ** 2 for k, v in tensors.items() if k.startswith("expect/grad/")) ** 0.5
    for name, expected in tensors.items():
        if name in found:
            off = np.linalg.norm(found[name].detach().numpy() - expected)
            size = np.linalg.norm(expected)
            if name.startswith("expect/grad/") and size < 1e-9 * whole:
                size = whole  # mathematically zero
            assert off <= tolerance * size, name
    assert {n for n in tensors if n.startswith(("expect/grad/", "expect/log"))} <= set(found)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_the_golden_files_of_the_programs_tests_are_met(path):
    check_golden(path, 1e-6)  # they hold 32-bit numbers


def test_the_golden_files_at_hand_are_met():
    folder = os.environ.get("SYNANN_GOLDEN", "")
    files = [f for f in sorted(os.listdir(folder)) if f.endswith(".safetensors")] if os.path.isdir(folder) else []
    if not files:
        pytest.skip("SYNANN_GOLDEN does not name a folder with golden files")
    for file in files:
        check_golden(os.path.join(folder, file), 1e-9)


def test_layers_may_have_any_name_and_points_in_it():
    layers = [{"kind": "linear", "name": n, "out": 4} for n in ("a.b", "a", "train", "weight", "3", "forward.x", "a.weight")]
    m = synann.Definition("odd", (*layers, {"kind": "linear", "name": "z", "out": "classes"}, {"kind": "log_softmax"}))
    net = synann.torch.build(m, 2, 2, 3)
    names = {f"{layer['name']}.{p}" for layer in m.layers[:-1] for p in ("weight", "bias")}
    assert set(net.state_dict()) == names
    other = copy.deepcopy(net)
    with torch.no_grad():
        net.layer("a.b").weight.add_(1)
    x = torch.rand(2, 1, 2, 2)
    assert not torch.equal(net(x), other(x))
    other.load_state_dict(net.state_dict(), strict=True)
    assert torch.equal(net(x), other(x))


def test_a_layer_may_be_replaced():
    net = synann.torch.build("syna-cnn")
    net.fc2 = torch.nn.Linear(64, 3)
    assert net(torch.zeros(2, 1, 28, 28)).shape == (2, 3)


def test_activations_have_the_words_of_the_model():
    net = synann.torch.build("syna-cnn").eval()
    seen = net.activations(torch.zeros(2, 1, 28, 28))
    assert {k: tuple(v.shape[1:]) for k, v in seen.items()} == {
        "conv1": (10, 12, 12), "conv2": (20, 4, 4), "fc1": (64, 1, 1), "softmax": (64, 1, 1), "fcn": (64, 1, 1),
        "fcb": (64, 1, 1)}


def test_what_does_not_fit_is_told_in_one_sentence(tmp_path):
    net = synann.torch.build("linear")
    synann.torch.save(net, tmp_path / "s")
    broken = synann.torch.build("linear")
    with torch.no_grad():
        broken.fc2.bias[0] = float("nan")
    conv = [{"kind": "conv2d", "name": "c", "out": 4, "kernel": 9}, *synann.ready_model("linear").layers]
    huge = [{"kind": "linear", "name": n, "out": 1 << 20} for n in "ab"] + list(synann.ready_model("linear").layers)
    wrong = (lambda: synann.torch.build("no-such"), lambda: synann.torch.build("linear", beta="sigmoid"),
             lambda: synann.torch.build("syna-cnn", 8, 8), lambda: synann.torch.load(tmp_path / "s"),
             lambda: synann.torch.load(tmp_path / "s", "syna-cnn"),
             lambda: synann.torch.load(tmp_path / "s", "linear", classes=9),
             lambda: synann.torch.load(tmp_path / "none"), lambda: net(torch.zeros(1, 28, 28)),
             lambda: synann.torch.save(broken, tmp_path / "t"), lambda: synann.torch.save(net, tmp_path / "none" / "t"),
             lambda: synann.torch.Network(synann.Definition("m", tuple(conv)), 8, 8),
             lambda: synann.torch.Network(synann.Definition("m", tuple(huge))))
    for ask in wrong:
        with pytest.raises(synann.SynannError) as error:
            ask()
        one_sentence(error.value)
    assert not (tmp_path / "t").exists()
