"""What a box model's file may hold: one graph or two, the exemplar's mark or none; and the loop in its manifest."""

import base64

import numpy as np
import onnx
import pytest
import torch

from siamtrain import __main__ as cli
from siamtrain.checks import parity
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop.box import EXEMPLAR, STRIDE, BoxTracker, Loop, OnnxModel, mark_of
from siamtrain.loop.follow import follow, open_tracker
from siamtrain.loop.target import inside
from siamtrain.marked import files

ABOUT = files.manifest("m", Loop(0.0, 0.0, 1.0))
AXES = {2: "height", 3: "width"}


class Exemplar(torch.nn.Module):
    """Keeps the crop's mean colour and the marked width."""

    def forward(self, image, mark):
        return image.mean((2, 3)) / 255, mark[:, 2] - mark[:, 0]


class Search(torch.nn.Module):
    """Responds to the colour that was kept, with sides of half the width that was kept."""

    def forward(self, image, colour, span):
        cells = torch.nn.functional.avg_pool2d(image, 16) / 255
        response = (cells * colour[:, :, None, None]).sum(1, keepdim=True) / 3
        return response, response.repeat(1, 4, 1, 1) * 0 + span.reshape(1, 1, 1, 1) / 2


def two_graphs(folder):
    """(search file without its exemplar graph, exemplar file)."""
    search, exemplar = str(folder / "m.onnx"), str(folder / "m-exemplar.onnx")
    image, mark = torch.rand(1, 3, 128, 128) * 255, torch.tensor([[32.0, 32, 96, 96]])
    export.write(Exemplar(), {"image": image, "mark": mark}, ["colour", "span"], {}, {}, exemplar)
    inputs = {"image": torch.rand(1, 3, 256, 256), "colour": torch.rand(1, 3), "span": torch.rand(1)}
    dynamic = {k: AXES for k in ("image", "response", "sides")}
    export.write(Search(), inputs, ["response", "sides"], dynamic, ABOUT, search)
    return search, exemplar


def put_inside(search, exemplar):
    model = onnx.load(search)
    with open(exemplar, "rb") as file:
        model.metadata_props.add(key=export.EXEMPLAR_KEY, value=base64.b64encode(file.read()).decode())
    onnx.save(model, search)


def put_beside(search, exemplar):
    export.set_manifest(search, {**export.manifest_of(search), "files": {"exemplar": "m-exemplar.onnx"}})


class Single(torch.nn.Module):
    """One graph for both crops: features are the cells' means, the response their likeness to the exemplar's middle."""

    def forward(self, image, exemplar):
        features = torch.nn.functional.avg_pool2d(image, STRIDE) / 255
        response = (features * exemplar[:, :, 4:5, 4:5]).sum(1, keepdim=True) / 3
        return features, response, response.repeat(1, 4, 1, 1) * 0 + 30


def single(folder):
    """A file as box networks without a mark had it, of earlier versions."""
    path, names = str(folder / "old.onnx"), ("features", "response", "sides")
    inputs = {"image": torch.rand(1, 3, 256, 256), "exemplar": torch.rand(1, 3, 8, 8)}
    export.write(Single(), inputs, names, {k: AXES for k in ("image", *names)}, ABOUT, path)
    return path


def test_one_graph_is_run_on_both_crops(tmp_path):
    model = OnnxModel(single(tmp_path))
    kept = model.exemplar(np.full((128, 128, 3), 51, np.uint8), [32, 40, 96, 88])
    assert list(kept) == ["exemplar"] and kept["exemplar"].shape == (1, 3, 8, 8)
    response, sides = model.locate(kept, np.full((256, 256, 3), 255, np.uint8))
    assert response == pytest.approx(np.full((16, 16), 0.2)) and (sides == 30).all()
    boxes, _ = follow(open_tracker(single(tmp_path)), [np.full((200, 300, 3), 90, np.uint8)] * 3, [100, 80, 40, 20])
    assert boxes.shape == (3, 4) and np.isfinite(boxes).all()


def test_what_trains_says_that_it_does_not_train_one_graph(tmp_path, caplog):
    path, data = single(tmp_path), str(tmp_path)
    assert cli.main(["finetune", "--init", path, "--data", data, "--out", str(tmp_path / "o.onnx")]) == 1
    assert f"{path}: a box network without a mark" in caplog.text and "models/siamtrack.onnx" in caplog.text
    with pytest.raises(DataError, match="old.onnx: a box network without a mark"):
        parity.box(path, export.manifest_of(path))


@pytest.mark.parametrize("put", [put_inside, put_beside])
def test_two_graphs_are_run_each_at_its_time(tmp_path, put):
    search, exemplar = two_graphs(tmp_path)
    put(search, exemplar)
    model = OnnxModel(search)
    kept = model.exemplar(np.full((128, 128, 3), 51, np.uint8), [32, 40, 96, 88])
    assert kept["span"].tolist() == [64] and kept["colour"] == pytest.approx(np.full((1, 3), 0.2))
    response, sides = model.locate(kept, np.full((384, 384, 3), 255, np.uint8))
    assert response.shape == (24, 24) and response[3, 5] == pytest.approx(0.2) and (sides == 32).all()


def test_the_loop_marks_the_target(tmp_path):
    search, exemplar = two_graphs(tmp_path)
    put_inside(search, exemplar)
    tracker = BoxTracker(OnnxModel(search), Loop(0.0, 0.0, 0.0))
    tracker.init(np.full((200, 300, 3), 90, np.uint8), [100, 80, 40, 20])
    box, _ = tracker.update(np.full((200, 300, 3), 90, np.uint8))
    assert box[2:] == pytest.approx([40, 40], abs=1e-3)  # this network says that all things are as high as wide


def test_a_missing_exemplar_graph_is_named(tmp_path):
    search, exemplar = two_graphs(tmp_path)
    put_beside(search, exemplar)
    (tmp_path / "m-exemplar.onnx").unlink()
    with pytest.raises(DataError, match="m-exemplar.onnx is not there"):
        OnnxModel(search)


def test_the_manifest_can_be_changed_without_losing_the_exemplar_graph(tmp_path):
    search, exemplar = two_graphs(tmp_path)
    put_inside(search, exemplar)
    export.set_manifest(search, {**export.manifest_of(search), "name": "other"})
    assert export.manifest_of(search)["name"] == "other" and export.exemplar_graph(search)


def test_a_copy_with_other_parameters_is_written(tmp_path):
    search, exemplar = two_graphs(tmp_path)
    put_inside(search, exemplar)
    out = str(tmp_path / "other.onnx")
    changes = ["--set", "loop.vote=2.5", "--set", "loop.window=hann", "--set", "search.sweep=384", "--set", "name=b"]
    assert cli.main(["manifest", search, *changes, "--out", out]) == 0
    about = export.manifest_of(out)
    assert (Loop.of(about).vote, Loop.of(about).window, about["search"]["sweep"], about["name"]) == (
        2.5,
        "hann",
        384,
        "b",
    )
    assert export.exemplar_graph(out) and export.manifest_of(search)["loop"]["vote"] == 0


@pytest.mark.parametrize("setting", ["loop.vote", "lop.vote=1", "loop=1", "name.first=1"])
def test_a_setting_that_says_nothing_is_named(setting, tmp_path, caplog):
    search, _ = two_graphs(tmp_path)
    assert cli.main(["manifest", search, "--set", setting, "--out", str(tmp_path / "o.onnx")]) == 1
    assert setting in caplog.text and not (tmp_path / "o.onnx").exists()


def test_the_mark_holds_the_target_in_the_exemplar_crop():
    assert mark_of([30, 60], 120) == pytest.approx([48, 32, 80, 96])  # 128 crop pixels show 120
    assert mark_of([30, 60], 120).mean() == EXEMPLAR / 2


def test_a_loop_is_read_as_go_reads_it():
    assert Loop.of({"name": "m", "loop": {"window_influence": 0.3}}) == Loop(0.3, 0.0, 0.0, "hann")
    with pytest.raises(DataError, match="model m: loop.min_side"):
        Loop.of({"name": "m", "loop": {"min_side": 10}})


@pytest.mark.parametrize(
    "box, part",
    [
        ([-10, 20, 30, 40], [0, 20, 20, 40]),
        ([90, 70, 30, 40], [90, 70, 10, 10]),
        ([5, 5, 1, 9], None),
        ([-9, 0, 10, 9], None),
    ],
)
def test_what_is_inside_the_image(box, part):
    found = inside(box, (80, 100, 3))
    assert (found is None) if part is None else (found == part).all()


def test_a_target_outside_the_image_is_refused():
    model = type("Model", (), {"side": 256, "cells": 16, "origin": -128, "exemplar": lambda *_: None})()
    with pytest.raises(DataError, match="lie inside the image"):
        BoxTracker(model, Loop()).init(np.zeros((80, 100, 3), np.uint8), [200, 10, 20, 20])
