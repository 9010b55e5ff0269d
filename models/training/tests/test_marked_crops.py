"""Crops in batches: the geometry is that of data.view, and what is drawn comes out where the box says."""

import numpy as np
import pytest
import torch

from siamtrain.data import crop as geometry
from siamtrain.data import view as single
from siamtrain.loop.box import SEARCH
from siamtrain.marked import crops
from siamtrain.marked.frames import Frames, edge_boxes

CPU = torch.device("cpu")
BOX = (101.0, 83.0, 40.0, 24.0)  # x, y, w, h of a bright box in a dark frame


def frames_with(*boxes, shape=(240, 320)):
    """Frames, each with one bright box on black."""
    frames = Frames(len(boxes), CPU)
    images = []
    for x, y, w, h in boxes:
        image = np.zeros((*shape, 3), np.uint8)
        image[int(y) : int(y + h), int(x) : int(x + w)] = (10, 100, 250)
        images.append(image)
    frames.add(images)
    return frames


def view_of(dx=0.0, dy=0.0, zoom=1.0, aspect=1.0, turn=0.0, flip=False):
    view = crops.View(1, CPU)
    view.dx, view.dy, view.zoom, view.aspect, view.turn = (torch.tensor([v]) for v in (dx, dy, zoom, aspect, turn))
    view.flip = torch.tensor([flip])
    return view


VIEWS = (
    {},
    {"dx": 31.0, "dy": -12.0},
    {"zoom": 1.3, "aspect": 0.8},
    {"dx": 20.0, "dy": 9.0, "zoom": 0.8, "aspect": 1.2, "flip": True},
    {"dx": -14.0, "turn": 0.25, "zoom": 1.1},
)


@pytest.mark.parametrize("change", VIEWS)
def test_the_geometry_is_that_of_one_crop(change):
    x, y, w, h, side = crops.centre_side(torch.tensor([BOX]))
    assert [v.item() for v in (x, y, w, h)] == [121, 95, 40, 24]
    assert side.item() == pytest.approx(geometry.context_side(40, 24), rel=1e-6)
    view = view_of(**change)
    plain = single.View(**{"scale" if k == "zoom" else k: v for k, v in change.items()})
    forth = np.vstack([single.view_matrix(121, 95, 2 * side.item(), SEARCH, plain), [0, 0, 1]])
    back = view.matrix(x, y, 2 * side, SEARCH)[0].numpy()
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # one is of indices, the other of continuous coordinates
    want = half @ np.linalg.inv(forth) @ np.linalg.inv(half)
    np.testing.assert_allclose(back, want[:2], atol=1e-3)
    shown = np.array([40 * plain.aspect**0.5, 24 / plain.aspect**0.5]) * plain.scale * SEARCH / (2 * side.item())
    middle = np.array([SEARCH / 2 + plain.dx, SEARCH / 2 + plain.dy])
    box = [*(middle - shown / 2), *(middle + shown / 2)]  # a turn is left out
    assert view.box(w, h, 2 * side, SEARCH)[0].tolist() == pytest.approx(box, abs=1e-3)


@pytest.mark.parametrize("change", [c for c in VIEWS if "turn" not in c])
def test_a_drawn_box_comes_out_where_the_view_says(change):
    frames, view = frames_with(BOX), view_of(**change)
    x, y, w, h, side = crops.centre_side(torch.tensor([BOX]))
    crop, inside = crops.sample(frames, torch.tensor([0]), view.matrix(x, y, 2 * side, SEARCH), SEARCH)
    assert crop[0, :, SEARCH // 2, SEARCH // 2].tolist() == pytest.approx([250, 100, 10], abs=1) or "dx" in change
    ys, xs = np.nonzero(crop[0, 0].numpy() > 125)
    found = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
    assert found == pytest.approx(view.box(w, h, 2 * side, SEARCH)[0].tolist(), abs=1.0)
    assert inside.min() in (0, 1)


def test_a_turn_moves_the_corners_and_not_the_middle():
    frames, view = frames_with(BOX), view_of(turn=0.4)
    x, y, _, _, side = crops.centre_side(torch.tensor([BOX]))
    crop, _ = crops.sample(frames, torch.tensor([0]), view.matrix(x, y, 2 * side, SEARCH), SEARCH)
    ys, xs = np.nonzero(crop[0, 0].numpy() > 125)
    assert (xs.mean() + 0.5, ys.mean() + 0.5) == pytest.approx((128, 128), abs=0.5)
    slope = np.polyfit(xs - xs.mean(), ys - ys.mean(), 1)[0]  # of a box wider than high
    assert 0.05 < slope < np.tan(0.4)


def test_what_lies_outside_the_frame_is_known():
    frames = frames_with((0, 0, 40, 24), shape=(60, 80))
    x, y, _, _, _ = crops.centre_side(torch.tensor([[0.0, 0, 40, 24]]))
    matrix = crops.View(1, CPU).matrix(x, y, torch.tensor([128.0]), 128)  # one crop pixel a frame pixel
    _, inside = crops.sample(frames, torch.tensor([0]), matrix, 128)
    # Crop pixel 64 shows x 20, y 12: the frame spans 44..124 across and 52..112 down.
    rows, columns = inside[0, 0].numpy().nonzero()
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (44, 123, 52, 111)


def test_masks_lie_where_their_box_lies():
    mask = torch.zeros(1, 64, 64, dtype=torch.bool)
    mask[:, :, :32] = True  # the left half of the target
    x, y, w, h, side = crops.centre_side(torch.tensor([BOX]))
    for flip in (False, True):
        view = view_of(dx=25.0, dy=-8.0, zoom=1.2, flip=flip)
        matrix = view.matrix(x, y, 2 * side, SEARCH)
        found = crops.masks_in_crop(mask, torch.tensor([BOX]), matrix, SEARCH)[0, 0].numpy() > 0.5
        ys, xs = np.nonzero(found)
        x1, y1, x2, y2 = view.box(w, h, 2 * side, SEARCH)[0].tolist()
        middle = (x1 + x2) / 2
        want = [middle, y1, x2, y2] if flip else [x1, y1, middle, y2]
        assert [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1] == pytest.approx(want, abs=1.5)


def test_feathering_keeps_the_sum_and_softens_the_edge():
    alpha = torch.zeros(1, 1, 64, 64)
    alpha[..., 20:40, 20:40] = 1
    soft = crops.feather(alpha, 1.5)
    assert soft.sum().item() == pytest.approx(400, rel=1e-5) and soft[0, 0, 30, 30] == pytest.approx(1, abs=1e-4)
    assert soft[0, 0, 30, 20].item() == pytest.approx(0.63, abs=0.05)


def test_a_bent_box_follows_what_it_boxes():
    torch.manual_seed(5)
    picture = torch.zeros(6, 3, SEARCH, SEARCH)
    picture[:, :, 90:150, 100:170] = 255
    box = torch.tensor([[100.0, 90, 170, 150]]).repeat(6, 1)
    bent, moved = crops.bend(picture.clone(), box, torch.arange(1, 6))
    assert torch.equal(bent[0], picture[0]) and torch.equal(moved[0], box[0])
    for one, corners in zip(bent[1:], moved[1:]):
        shown = one[0] / 255
        # The mean place of each side is where half of the brightness along it ends.
        across, down = shown[100:140].mean(0), shown[:, 110:160].mean(1)
        found = [(across[:128] < 0.5).sum(), (down[:120] < 0.5).sum()]
        found += [SEARCH - (across[128:] < 0.5).sum(), SEARCH - (down[120:] < 0.5).sum()]
        assert [float(v) for v in found] == pytest.approx(corners.tolist(), abs=2.5)
    assert (moved[1:] - box[1:]).abs().max() > 1


def test_edge_boxes_lie_in_the_frame_where_there_is_something():
    torch.manual_seed(0)
    frames = frames_with((20, 20, 90, 60), (200, 150, 80, 60))
    index = torch.tensor([0, 1]).repeat(100)
    box = edge_boxes(frames, index, 8)
    assert (
        (box[:, :2] >= 0).all() and (box[:, 0] + box[:, 2] <= 320.01).all() and (box[:, 1] + box[:, 3] <= 240.01).all()
    )
    middle = box[:, :2] + box[:, 2:] / 2
    assert middle[::2, 0].mean() < 130 < 190 < middle[1::2, 0].mean()
