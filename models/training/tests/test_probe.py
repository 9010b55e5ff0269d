"""The long-gap probe with networks whose answers are known."""

import cv2
import numpy as np
import pytest
import torch
from shapes import centre_of, disc

from siamtrain import __main__ as cli
from siamtrain.checks import probe
from siamtrain.data.readers import otb
from siamtrain.data.track import Track
from siamtrain.errors import DataError
from siamtrain.loop import peers
from siamtrain.loop.box import SEARCH, STRIDE
from siamtrain.marked import probe as packed

SHOWN = 64.0  # crop pixels of a square target in a search crop of SEARCH


class Oracle:
    """Finds a disc by its brightness and boxes it `wide` times as wide as a target of SHOWN crop pixels."""

    side, cells, origin = SEARCH, SEARCH // STRIDE, -SEARCH / 2.0

    def __init__(self, wide=1.0):
        self.wide, self.marks = wide, []

    def exemplar(self, image, mark=None):
        self.marks.append(mark)
        assert centre_of(image) == pytest.approx((64, 64), abs=0.5)

    def locate(self, kept, image):
        x, y = centre_of(image)
        at = STRIDE * np.arange(self.cells)
        columns, rows = np.meshgrid(at, at)
        half = SHOWN / 2
        sides = np.stack(
            [columns - x + half, rows - y + half, x + half * (2 * self.wide - 1) - columns, y + half - rows]
        )
        return np.exp(-np.hypot(columns - x, rows - y) / 20), sides


@pytest.fixture()
def track(tmp_path):
    """A disc that wanders and grows; in one frame it is absent, in another too thin to count."""
    files, boxes = [], []
    for i in range(12):
        radius, x, y = 12 + i, 90 + 9.3 * i, 110 + 3.7 * i
        files.append(str(tmp_path / f"{i:02d}.png"))
        cv2.imwrite(files[-1], disc(x, y, radius))
        boxes.append([x - radius, y - radius, 2 * radius, 2 * radius])
    boxes[4], boxes[6] = [np.nan] * 4, [50, 50, 2, 40]
    return Track("disc", "disc", "", files, np.array(boxes, float))


def test_what_is_found_is_in_pixels_of_the_image(track):
    found = probe.probe({"exact": probe.Probed(Oracle()), "wide": probe.Probed(Oracle(1.25))}, track)
    assert len(found["exact"].iou) == 9  # of 12 frames one is the exemplar's, one absent, one too thin
    assert found["exact"].iou.min() > 0.95 and found["wide"].iou == pytest.approx(np.full(9, 0.8), abs=0.02)
    assert found["exact"].figures()[1] == 1


def test_the_crops_are_the_same_whoever_else_is_probed(track):
    alone = probe.probe({"a": probe.Probed(Oracle(1.25))}, track)["a"]
    beside = probe.probe({"b": probe.Probed(Oracle()), "a": probe.Probed(Oracle(1.25))}, track)["a"]
    np.testing.assert_array_equal(alone.iou, beside.iou)


def test_the_target_is_marked(track):
    oracle = Oracle()
    probe.probe({"a": probe.Probed(oracle)}, track)
    assert oracle.marks[0] == pytest.approx([32, 32, 96, 96])


def test_a_stretched_crop_shows_its_part_of_the_image():
    image = disc(150, 100, 20)
    seen = probe.cut(image, [150, 100], [80, 160], 128, (0, 0, 0))
    ys, xs = np.nonzero(seen[..., 0] > 127)
    wide, high = np.ptp(xs) + 1, np.ptp(ys) + 1  # of a disc of 40 pixels with a soft edge
    assert wide == pytest.approx(40 * 128 / 80, abs=3) and high == pytest.approx(40 * 128 / 160, abs=2)
    assert centre_of(seen) == pytest.approx((64, 64), abs=0.3)


def test_fears_crops_are_in_sizes_of_the_box():
    probed = probe.Probed(peers.FearBoxes.__new__(peers.FearBoxes))
    assert probed._shown(np.array([20.0, 60.0]), peers.FEAR_SEARCH, 2.0).tolist() == [100, 300]


def test_means_and_errors_are_over_sequences():
    found = {"a": probe.Found(np.array([1.0, 0.0]), np.ones(2)), "b": probe.Found(np.array([0.7] * 6), np.ones(6))}
    mean, error = probe.summary(found)
    assert mean == pytest.approx([0.6, 0.75, 1.0]) and error[:2] == pytest.approx([0.1, 0.25])  # |difference| / 2
    assert "mean of 2" in probe.table({"net": found})


def test_a_sequence_without_later_boxes_is_named(track):
    track.boxes[1:] = np.nan
    with pytest.raises(DataError, match="disc: 1 usable boxes"):
        probe.probe({"a": probe.Probed(Oracle())}, track)


def test_names_choose_and_order(tmp_path):
    tracks = [Track(n, n, "", [], None) for n in "abc"]
    (tmp_path / "names.txt").write_text("c\na\n")
    assert [t.name for t in otb.named(tracks, tmp_path / "names.txt")] == ["c", "a"]
    (tmp_path / "names.txt").write_text("c\nz\n")
    with pytest.raises(DataError, match="z: no such sequence"):
        otb.named(tracks, tmp_path / "names.txt")


def test_the_command_refuses_nothing_to_probe(tmp_path, caplog):
    assert cli.main(["probe", "--data", str(tmp_path)]) == 1
    assert "nothing to probe" in caplog.text


def test_packed_crops_are_those_that_a_network_in_training_is_measured_on(track, tmp_path):
    """Each look's corners box the disc in its crop; the exemplar's mark boxes it there."""
    path = str(tmp_path / "probe.npz")
    probe.pack([track], path)
    held = packed.Probe(path, torch.device("cpu"))
    assert held.names == ["disc"] and held.search.shape == (9, 3, SEARCH, SEARCH)
    assert held.mark[0].tolist() == pytest.approx([32, 32, 96, 96])
    for crop, box in zip(held.search, held.box.tolist()):
        x, y = centre_of(crop.permute(1, 2, 0).numpy())
        assert (x, y) == pytest.approx(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), abs=1)
        assert box[2] - box[0] == pytest.approx(SHOWN, abs=0.1)
    broken = tmp_path / "x.npz"
    broken.write_bytes(b"no")
    with pytest.raises(DataError, match="probe --pack"):
        packed.Probe(str(broken), torch.device("cpu"))
