"""N-way K-shot accuracy by hand, and the crops and weights it stands on."""

import cv2
import numpy as np
import pytest
import torch

from siamtrain.backbone.tiny import TinyNet
from siamtrain.data import crop
from siamtrain.data.images import ImageCache
from siamtrain.data.track import Track
from siamtrain.errors import DataError
from siamtrain.matching import fewshot, files, train
from siamtrain.matching.network import CONTEXT, Embedding


class Whole:
    size, context = 32, 0.1


def test_accuracy_counts_the_nearest_example():
    apart = [np.eye(3)[[k] * 4] for k in range(3)]
    assert fewshot.accuracy(apart, 3, 1, 20) == (1.0, 0.0)
    alike = [np.eye(3)[[0] * 4] for _ in range(3)]  # the first identity is named for every query
    assert fewshot.accuracy(alike, 3, 2, 20)[0] == pytest.approx(1 / 3)
    mixed = [np.array([[1.0, 0], [0, 1.0]]), np.array([[0.8, 0.6], [0.6, 0.8]])]
    assert fewshot.accuracy(mixed, 2, 1, 50)[0] < 0.6  # each one's other view is nearer to the other identity


def test_a_cut_view_has_no_surroundings():
    image = np.full((60, 80, 3), 250, np.uint8)
    image[20:40, 30:50] = 90
    assert (fewshot.view(image, [30, 20, 20, 20], Whole, True) == 90).all()
    assert (fewshot.view(image, [30, 20, 20, 20], Whole, False) > 200).any()


def test_identities_are_seen_as_the_go_program_sees_whole_pictures(tmp_path):
    (tmp_path / "anna").mkdir()
    image = np.random.default_rng(0).integers(0, 255, (40, 100, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "anna" / "1.pgm"), image[..., 0])
    cache = ImageCache()
    (track,) = train.identities_of(str(tmp_path), cache)
    x, y, w, h = track.boxes[0]
    assert (x + w / 2, y + h / 2, crop.context_side(w, h, CONTEXT)) == pytest.approx((50, 20, 100))
    (track,) = train.identities_of(str(tmp_path), cache, context=0)
    seen = fewshot.view(cache.load(track.files[0]), track.boxes[0], Whole, True)
    np.testing.assert_array_equal(seen, crop.square(cache.load(track.files[0]), 50, 20, 100, 32))


def test_two_identities_at_least_are_held_back():
    tracks = [Track(str(k), str(k), "", [f"{k}.png"] * 3, np.ones((3, 4)) * 8) for k in range(5)]
    training, held = train.hold_back(tracks)
    assert len(held) == 2 and len(training) == 3 and not {t.scene for t in held} & {t.scene for t in training}
    with pytest.raises(DataError, match="at least 4"):
        train.hold_back(tracks[:3])


def test_an_exported_embedding_is_fine_tuned_from(tmp_path):
    torch.manual_seed(3)
    net, other = (Embedding(16, frozen=1, backbone=TinyNet()) for _ in range(2))
    path = str(tmp_path / "e.onnx")
    files.write(net, "tiny", "", path)
    train.load(other, path)
    for name, value in net.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(DataError, match="text.onnx: not an ONNX file"):
        fewshot.Embedder(str(tmp_path / "text.onnx"))
    with pytest.raises(DataError, match="has no"):
        train.load(Embedding(16), path)
