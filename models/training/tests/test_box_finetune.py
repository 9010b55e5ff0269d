"""Fine-tuning of the box network.

A tiny one learns a drawn sequence, what is held back does not train, the file says what it is.
"""

import cv2
import pytest
import shapes

from siamtrain.box import files, finetune, network, student, train
from siamtrain.data import split
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop.box import Loop


@pytest.fixture(scope="module")
def sequence(tmp_path_factory):
    return shapes.wandering(tmp_path_factory.mktemp("data") / "disc")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """(onnx file, weights) of an untrained tiny network."""
    folder = tmp_path_factory.mktemp("model")
    trainer = train.Trainer(train.Settings(plan="tiny"), str(folder))
    weights, path = str(folder / "average.pt"), str(folder / "tiny.onnx")
    student.write_average(weights, trainer.average.state_dict(), "tiny", trainer.seen)
    net, _ = student.load_network(weights)
    assert isinstance(net, network.BoxNet)
    files.write(net, files.manifest(Loop(), {"uncertain": 0.5, "lost": 0.3, "patience": 3}), path)
    return path, weights


def test_it_learns_the_sequence_and_says_what_it_gave(sequence, model, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "CALIBRATION_PAIRS", 8)
    settings = train.Settings(plan="tiny", rate=3e-3, backbone_rate=1.0, warmup=5, batch=8, decay=0.9)
    out = str(tmp_path / "mine.onnx")
    before, after = finetune.run(*model, [sequence], settings, 40, str(tmp_path / "run"), out, "mine")
    assert after > before + 0.2
    assert export.manifest_of(out)["name"] == export.manifest_of(str(tmp_path / "mine-fp32.onnx"))["name"] == "mine"
    assert finetune.accuracy(out, split.parts([sequence], 0.5)[1]) == pytest.approx(after)


def test_halves_of_a_sequence_do_not_overlap(sequence):
    first, last = split.parts([sequence], 0.25)
    assert len(first[0].files) == 30 and len(last[0].files) == 10 and not set(first[0].files) & set(last[0].files)


def test_one_scene_gives_no_false_negatives(sequence):
    first, _ = split.parts([sequence], 0.5)
    source = finetune.sampler(first, 0)
    assert all(source.pair().positive for _ in range(30))


def test_data_without_a_second_half_are_refused(tmp_path):
    folder = tmp_path / "short"
    (folder / "img").mkdir(parents=True)
    for i in range(2):
        cv2.imwrite(str(folder / "img" / f"{i}.png"), shapes.disc(40, 40))
    (folder / "groundtruth_rect.txt").write_text("30,30,20,20\n30,30,20,20")
    with pytest.raises(DataError, match="both its first and its last part"):
        split.parts([str(folder)], 0.5)
