"""Crops lie where the geometry says: a disc drawn at a box's centre is found at the crop's box centre."""

import math
import random

import cv2
import numpy as np
import pytest
from shapes import centre_of, disc

from siamtrain.box import pairs
from siamtrain.data import crop
from siamtrain.data.store import Packed, Store, pack
from siamtrain.data.view import View, cut, seen_box, sides_of, view_matrix
from siamtrain.errors import DataError


@pytest.mark.parametrize(
    "view", [View(), View(11, -7), View(3, 5, 1.2, 1.1), View(-9, 2, 0.9, 1, 0.2), View(8, 8, 1, 1, 0, True)]
)
def test_view_puts_the_centre_where_the_box_is(view):
    box = (131.3, 88.6, 24.0, 18.0)
    cx, cy, w, h, side = sides_of(box)
    seen = cut(disc(cx, cy), view_matrix(cx, cy, 2 * side, 256, view), 256)
    x1, y1, x2, y2 = seen_box(w, h, 2 * side, 256, view)
    assert centre_of(seen) == pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2), abs=0.15)
    assert (x2 - x1) / (y2 - y1) == pytest.approx(w / h * view.aspect)


def test_plain_view_is_the_crop_of_the_tracking_loop():
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    side = crop.context_side(30, 40)
    ours = cut(image, view_matrix(20.2, 51.7, side, 128, View()), 128)
    assert np.abs(ours.astype(int) - crop.square(image, 20.2, 51.7, side, 128)).max() <= 1


def test_backdrop_fills_only_the_outside():
    image, backdrop = np.full((50, 50, 3), 10, np.uint8), np.full((128, 128, 3), 200, np.uint8)
    seen = cut(image, view_matrix(25, 25, 100, 128, View()), 128, backdrop)
    assert (seen[64, 64] == 10).all() and (seen[2, 2] == 200).all() and (backdrop == 200).all()


@pytest.fixture()
def store(tmp_path):
    for name, at in (("a", 60), ("b", 120)):
        folder = tmp_path / "data" / name / "img"
        folder.mkdir(parents=True)
        for i in range(5):
            cv2.imwrite(str(folder / f"{i:04d}.png"), disc(at + 3 * i, 100))
        (tmp_path / "data" / name / "groundtruth_rect.txt").write_text(
            "\n".join(f"{at + 3 * i - 12},88,24,24" for i in range(5))
        )
    pack([str(tmp_path / "data")], str(tmp_path / "store"))
    return Store(str(tmp_path / "store"))


def test_store_gives_back_frames_and_boxes(store):
    track = store.tracks[1]
    assert len(store) == 10 and track.kind == "video" and len(track.visible()) == 5
    assert centre_of(store.frame(track.frames[2])) == pytest.approx((126, 100), abs=0.05)


def test_missing_store_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="siamtrain pack"):
        Store(str(tmp_path))


def test_sampled_pairs_show_the_target_in_their_box(store):
    sampler = pairs.Sampler(store, {"video": 1.0}, random.Random(4), negatives=0.3, fill=0)
    counts = {True: 0, False: 0}
    for _ in range(60):
        pair = sampler.pair()
        counts[pair.positive] += 1
        x1, y1, x2, y2 = pair.box
        assert pair.exemplar.shape == (128, 128, 3) and pair.search.shape == (256, 256, 3)
        if all(16 < v < 240 for v in pair.box):
            assert centre_of(pair.search) == pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2), abs=1.5)
    assert counts[False] > 5 and counts[True] > 30


def test_a_crowd_stands_beside_the_target(store):
    alone, crowded = (
        pairs.Sampler(store, {"video": 1.0}, random.Random(4), negatives=0, fill=0, crowd=c) for c in (0, 1)
    )
    pasted = 0
    for _ in range(30):
        seed = crowded.random.random()
        alone.random.seed(seed), crowded.random.seed(seed)
        bare, pair = alone.pair(), crowded.pair()
        x1, y1, x2, y2 = (int(min(256, max(0, v))) for v in pair.box)
        assert pair.box == bare.box
        assert np.array_equal(
            pair.search[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1], bare.search[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1]
        )
        pasted += not np.array_equal(pair.search, bare.search)
    assert pasted > 15


def test_a_region_of_a_still_scene_is_seen_again_in_its_box(tmp_path):
    noise = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 256, (240, 320, 3), np.uint8), (0, 0), 5)
    (tmp_path / "pictures").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "a.png"), cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX))
    pack([str(tmp_path / "pictures")], str(tmp_path / "store"))
    sampler = pairs.Sampler(Store(str(tmp_path / "store")), {}, random.Random(2), fill=0)
    alike = []
    for _ in range(20):
        pair = sampler.region()
        x1, y1, x2, y2 = pair.box
        middle = cv2.resize(pair.exemplar[40:88, 40:88], (24, 24)).astype(float).ravel()
        cx, cy, half = (x1 + x2) / 2, (y1 + y2) / 2, 24 * math.sqrt((x2 - x1) * (y2 - y1)) / 64
        seen = cv2.getRectSubPix(pair.search, (max(2, int(2 * half)),) * 2, (cx - 0.5, cy - 0.5))
        alike.append(np.corrcoef(middle, cv2.resize(seen, (24, 24)).astype(float).ravel())[0, 1])
    assert np.median(alike) > 0.6


def test_same_seed_same_pairs(store):
    def draw():
        return [pairs.Sampler(store, {"video": 1.0}, random.Random(1)).pair().box for _ in range(2)]

    assert draw() == draw()


def test_box_that_fills_its_picture_is_noticed():
    sampler = pairs.Sampler.__new__(pairs.Sampler)
    sampler.store = type("Frames", (), {"frame": staticmethod(lambda _: np.zeros((100, 100, 3), np.uint8))})()

    def track(side):
        return Packed("t", "s", "", "still", np.array([0]), np.array([[0, 0, side, side]], float))

    assert sampler._fills(track(60)) and not sampler._fills(track(30))
    assert crop.context_side(60, 60) == pytest.approx(120) and math.isclose(crop.context_side(10, 10), 20)
