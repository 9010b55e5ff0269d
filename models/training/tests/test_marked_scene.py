"""Changes of scenes touch what they should and leave the rest; what a camera spoils stays in range."""

import numpy as np
import pytest
import torch

from siamtrain.marked import crops, masks, scene
from siamtrain.marked.frames import Store
from siamtrain.marked.parts import Boxes, Clip, Part

CPU = torch.device("cpu")
BOX = [60.0, 50.0, 40.0, 40.0]


@pytest.fixture(scope="module")
def store():
    """A red target on grey, with the left half of its box as mask, and two other scenes, green and blue."""
    images = [np.full((160, 200, 3), 90, np.uint8) for _ in range(3)]
    images[0][50:90, 60:100] = (0, 0, 255)
    images[1][:], images[2][:] = (0, 255, 0), (255, 0, 0)
    mask = np.zeros((64, 64), bool)
    mask[:, :32] = True
    clips = [Clip(f"{k}.png", k, 1, 1.0) for k in range(3)]
    tracks = [
        Boxes("still", "a", "0.png", np.array([0]), np.array([BOX], np.float32), [mask]),
        Boxes("still", "b", "1.png", np.array([1]), np.array([[10, 10, 60, 60]], np.float32), [None]),
    ]
    store = Store(4, CPU)
    store.add(Part(images, clips, tracks))
    return store


def seen(store, count=2):
    """Crops of the target, their matrices, and its corners in them."""
    box = torch.tensor([BOX]).repeat(count, 1)
    x, y, w, h, side = crops.centre_side(box)
    view = crops.View(count, CPU)
    matrix = view.matrix(x, y, side * 2, 256)
    return (
        crops.sample(store.frames, torch.zeros(count, dtype=torch.long), matrix, 256)[0],
        matrix,
        view.box(w, h, side * 2, 256)[0].tolist(),
    )


def test_a_swap_keeps_the_masked_part_and_only_its_crops(store):
    torch.manual_seed(1)
    before, matrix, (x1, y1, x2, y2) = seen(store)
    after = scene.Scene(store, np.random.default_rng(0)).swap(
        before.clone(), torch.tensor([1]), np.array([0]), matrix[1:]
    )
    assert torch.equal(after[0], before[0])
    inside = (slice(None), slice(int(y1) + 6, int(y2) - 6), slice(int(x1) + 6, int((x1 + x2) / 2) - 6))
    torch.testing.assert_close(after[1][inside], before[1][inside], atol=1.0, rtol=0)
    changed = (after[1] - before[1]).abs().amax(0) > 20
    changed[int(y1) - 6 : int(y2) + 6, int(x1) - 6 : int((x1 + x2) / 2) + 6] = True
    assert changed.all(), "everything beside the mask is of another scene"


def test_a_target_leaves_its_own_scene_which_shows_it_no_more(store):
    torch.manual_seed(1)
    count = 12
    before, matrix, (x1, y1, x2, y2) = seen(store, count)
    numbers = torch.arange(count)
    after = scene.Scene(store, np.random.default_rng(0)).swap(
        before.clone(), numbers, np.zeros(count, int), matrix, moved=1.0
    )
    red = (after[:, 0] - after[:, 2]) > 90
    assert red[:, int(y1) + 6 : int(y2) - 6, int(x1) + 6 : int((x1 + x2) / 2) - 6].all(), "the masked half stays"
    red[:, int(y1) - 6 : int(y2) + 6, int(x1) - 6 : int((x1 + x2) / 2) + 6] = False
    assert not red.any(), "nothing of it is left where it was"


def test_the_own_scene_is_moved_by_a_part_of_the_target():
    torch.manual_seed(2)
    slope, count, box = np.tile(np.arange(256, dtype=np.uint8), (256, 1)), 30, [110.0, 110.0, 36.0, 36.0]
    store = Store(1, CPU)
    track = Boxes("still", "", "s", np.array([0]), np.array([box], np.float32), [None])
    store.add(Part([np.dstack([slope] * 3)], [Clip("s", 0, 1, 1.0)], [track]))
    x, y, _, _, side = crops.centre_side(torch.tensor([box]).repeat(count, 1))
    matrix = crops.View(count, CPU).matrix(x, y, side * 2, 256)
    still = crops.sample(store.frames, torch.zeros(count, dtype=torch.long), matrix, 256)[0]
    moved = scene.Scene(store, np.random.default_rng(0)).own_place(np.zeros(count, int), matrix, 256)
    shift = (still - moved)[:, 0].flatten(1).median(1).values.abs() / box[2]  # along the slope
    low, high = scene.MOVED
    assert 0.9 * low < shift.max() <= high and (shift < low).any(), "in all directions"


def test_a_paste_covers_its_place_by_its_mask_and_nothing_else(store):
    torch.manual_seed(2)
    before = torch.full((3, 3, 256, 256), 90.0)
    at, size = torch.tensor([[80.0, 120.0]]), torch.tensor([[60.0, 30.0]])
    painter = scene.Scene(store, np.random.default_rng(0))
    after = painter.paste(before.clone(), torch.tensor([2]), np.array([0]), at, size)
    assert torch.equal(after[:2], before[:2])
    ys, xs = np.nonzero(((after[2] - before[2]).abs().amax(0) > 40).numpy())
    assert [ys.min(), ys.max() + 1] == pytest.approx([105, 135], abs=2)
    left, right = xs.min(), xs.max() + 1
    halves = ([50, 80], [80, 110])  # the mask is the left half, or mirrored the right one
    assert any([left, right] == pytest.approx(half, abs=2) for half in halves)
    whole = painter.paste(before.clone(), torch.tensor([0]), np.array([1]), at, size)  # has no mask
    ys, xs = np.nonzero(((whole[0] - before[0]).abs().amax(0) > 40).numpy())
    assert [xs.min(), xs.max() + 1] == pytest.approx([50, 110], abs=2)


def test_padding_becomes_the_mean_colour_or_another_scene(store):
    torch.manual_seed(3)
    painter, inside = scene.Scene(store, np.random.default_rng(0)), torch.ones(2, 1, 64, 64)
    inside[:, :, :, :20] = 0
    seen = torch.full((2, 3, 64, 64), 50.0)
    frame = torch.tensor([1, 1])
    plain = painter.fill(seen, inside, frame, 0.0)
    assert torch.equal(plain[:, :, :, 20:], seen[:, :, :, 20:])
    assert plain[0, :, 5, 5].tolist() == pytest.approx(store.frames.mean[1].tolist())
    other = painter.fill(seen, inside, frame, 1.0)
    assert torch.equal(other[:, :, :, 20:], seen[:, :, :, 20:])


def test_the_distant_lose_detail_in_both_crops_and_keep_their_mean():
    torch.manual_seed(4)
    z, x = torch.rand(40, 3, 32, 32) * 255, torch.rand(40, 3, 64, 64) * 255
    far_z, far_x = scene.distant(z.clone(), x.clone(), 0.5)
    changed = (far_z != z).flatten(1).any(1)
    assert torch.equal(changed, (far_x != x).flatten(1).any(1)) and 8 < changed.sum() < 32
    assert (far_x[changed].std((1, 2, 3)) < 0.8 * x[changed].std((1, 2, 3))).all()
    torch.testing.assert_close(far_x.mean((1, 2, 3)), x.mean((1, 2, 3)), atol=3.0, rtol=0)


def test_light_stays_in_range_and_takes_colour_where_it_should():
    torch.manual_seed(5)
    before = torch.rand(30, 3, 64, 64) * 255
    grey = torch.arange(30) < 10
    for worn in (False, True):
        after = scene.light(before, 1.0, worn, grey)
        assert after.min() >= 0 and after.max() <= 256 and torch.isfinite(after).all()
        spread = after.std(1).flatten(1).mean(1)
        assert (spread[:10] < 1e-2).all() and (spread[10:] > 1).all()


def test_motion_blur_and_blocks_keep_the_mean():
    torch.manual_seed(6)
    before = torch.rand(4, 3, 64, 64) * 200
    for change in (scene._motion, scene._blocks):
        after = change(before.clone())
        torch.testing.assert_close(after.mean((1, 2, 3)), before.mean((1, 2, 3)), atol=4.0, rtol=0)
    torch.testing.assert_close(
        scene._blocks(torch.full((1, 3, 16, 16), 96.0)).std(), torch.tensor(0.0), atol=1e-3, rtol=0
    )


def test_a_cut_mask_covers_what_stands_out_and_packs():
    image = np.full((120, 160, 3), 60, np.uint8)
    rows, columns = np.mgrid[0:120, 0:160]
    image[((rows - 60) / 25.0) ** 2 + ((columns - 80) / 35.0) ** 2 <= 1] = (30, 200, 220)
    image = np.clip(image + np.random.default_rng(0).normal(0, 4, image.shape), 0, 255).astype(np.uint8)
    mask = masks.cut(image, (45, 35, 70, 50))
    rows, columns = np.mgrid[0:64, 0:64] + 0.5
    ellipse = ((rows - 32) / 32) ** 2 + ((columns - 32) / 32) ** 2 <= 1
    assert (mask & ellipse).sum() / (mask | ellipse).sum() > 0.9
    assert masks.cut(image, (10, 10, 8, 8)) is None, "too small to cut"
    assert masks.cut(np.full((120, 160, 3), 60, np.uint8), (45, 35, 70, 50)) is None, "nothing stands out"
    held = masks.unpack(masks.pack([("still", 3, mask), ("c/0", 8, ~mask)]))
    assert set(held) == {("still", 3), ("c/0", 8)} and (held["c/0", 8] == ~mask).all()
    assert masks.unpack(masks.pack([])) == {}
