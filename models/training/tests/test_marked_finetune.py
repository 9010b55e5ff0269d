"""Fine-tuning of a network with a mark: its head learns a drawn sequence, the rest of it stays as it is."""

import numpy as np
import pytest
import shapes
import torch

from siamtrain.__main__ import main
from siamtrain.data import split
from siamtrain.file import export
from siamtrain.marked import files, finetune, student


@pytest.fixture(scope="module")
def sequence(tmp_path_factory):
    return shapes.wandering(tmp_path_factory.mktemp("data") / "disc")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """(onnx file, weights) of an untrained tiny network."""
    folder = tmp_path_factory.mktemp("model")
    weights, path = str(folder / "tiny.pt"), str(folder / "tiny.onnx")
    pupil = student.Student("tiny", torch.device("cpu"))
    pupil.save(weights)
    files.write(student.load_network(weights)[0], files.manifest("tiny"), path)
    return path, weights


def test_the_head_learns_the_sequence_and_the_file_says_what_it_is(sequence, model, tmp_path, monkeypatch):
    monkeypatch.setattr(finetune, "CALIBRATION", 8)
    settings = finetune.Settings(steps=30, batch=8, rate=8e-3)
    out = str(tmp_path / "mine.onnx")
    before, after = finetune.run(*model, [sequence], settings, str(tmp_path / "run"), out, "mine")
    assert after > before + 0.2
    assert export.manifest_of(out)["name"] == export.manifest_of(str(tmp_path / "mine-fp32.onnx"))["name"] == "mine"
    assert finetune.accuracy(out, split.parts([sequence], 0.5)[1]) == pytest.approx(after, abs=0.02)
    net, seen = student.load_network(str(tmp_path / "run" / finetune.WEIGHTS))
    old, _ = student.load_network(model[1])
    assert seen["head"] == 30 * 8
    for name, value in old.state_dict().items():
        if not name.startswith("head."):
            assert torch.equal(value, net.state_dict()[name]), name
        elif "running" in name:
            torch.testing.assert_close(value, net.state_dict()[name])


def test_one_scene_gives_no_false_negatives(sequence):
    first, _ = split.parts([sequence], 0.5)
    source = finetune.sampler(first, 0, torch.device("cpu"))
    assert source.pairs(40).positive.all() and source.shares.crowd == 0
    track = source.store
    np.testing.assert_allclose(track.box[:20], first[0].boxes)


def test_weights_that_are_not_the_models_are_named(sequence, model, tmp_path, caplog):
    wrong = tmp_path / "none.pt"
    torch.save({"a": 1}, wrong)
    args = [
        "finetune",
        "--init",
        model[0],
        "--weights",
        str(wrong),
        "--data",
        sequence,
        "--out",
        str(tmp_path / "m.onnx"),
    ]
    assert main(args) == 1 and "none.pt: not the weights of a network" in caplog.text
