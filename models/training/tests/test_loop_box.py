"""The box kind's loop on a model that knows the answer, forward and back."""

import numpy as np
import pytest
from shapes import centre_of, disc

from siamtrain.data.score import score
from siamtrain.errors import DataError
from siamtrain.loop.box import STRIDE, BoxTracker, Loop, window_of
from siamtrain.loop.follow import follow, returned


class Oracle:
    """Finds the white disc of a crop: response near its centre, sides of a square of 1.2 x its diameter."""

    side, cells, origin = 256, 16, -128

    def __init__(self):
        self.shown = []  # sides of the crops

    def exemplar(self, image, mark=None):
        return None

    def locate(self, kept, image):
        self.shown.append(image.shape[0])
        cells = image.shape[0] // STRIDE
        if image.max() < 50:
            return np.full((cells, cells), 0.05), np.full((4, cells, cells), 20.0)
        x, y = centre_of(image)
        reach = 1.2 * np.sqrt((image[..., 0] / 255.0).sum() / np.pi)
        at = STRIDE * np.arange(cells)
        columns, rows = np.meshgrid(at, at)
        sides = np.stack([columns - x + reach, rows - y + reach, x + reach - columns, y + reach - rows])
        return np.exp(-np.hypot(columns - x, rows - y) / 20), sides


def moving(count=20, step=4):
    """Frames of a disc that moves right, and its boxes."""
    centres = [(60 + step * i, 100.0) for i in range(count)]
    boxes = np.array([[x - 10.8, y - 10.8, 21.6, 21.6] for x, y in centres])
    return [disc(x, y) for x, y in centres], boxes


def test_loop_follows_what_the_model_finds():
    frames, truth = moving()
    boxes, scores = follow(BoxTracker(Oracle(), Loop(0.2, 0.05, 0.5)), frames, truth[0])
    assert np.abs(boxes - truth).max() < 1.5  # the oracle measures a disc with soft edges
    assert scores.min() > 0.5 and score(boxes, truth)[0] > 0.85


def test_best_cell_is_nearest_the_closed_form():
    tracker = BoxTracker(Oracle(), Loop(0.0, 0.1, 0.4, "hann"))
    response, sides = np.full((16, 16), 0.1), np.full((4, 16, 16), 32.0)
    response[9, 5], sides[:, 9, 5] = 0.9, (10, 20, 30, 60)
    x, y, w, h, confidence, rate = tracker.best(response, sides, np.array([40.0, 80.0]), tracker.near)
    assert (x, y, w, h, confidence) == (-128 + 80 + 10, -128 + 144 + 20, 40, 80, 0.9)
    assert rate == pytest.approx(0.9 * 0.4)  # no change of size or aspect: no penalty


def test_size_penalty_is_siamrpns():
    tracker = BoxTracker(Oracle(), Loop(0.0, 0.3, 1.0))
    response, sides = np.zeros((16, 16)), np.full((4, 16, 16), 20.0)
    response[8, 8] = 1.0
    rate = tracker.best(response, sides, np.array([20.0, 20.0]), tracker.near)[5]
    assert rate == pytest.approx(np.exp(-0.3 * (2 - 1)))  # twice the padded size, the same aspect


def test_without_a_rate_the_new_size_is_taken_as_it_is():
    tracker = BoxTracker(Oracle(), Loop(0.0, 0.3, 0.0))
    response, sides = np.zeros((16, 16)), np.full((4, 16, 16), 20.0)
    response[8, 8] = 0.6
    assert tracker.best(response, sides, np.array([20.0, 20.0]), tracker.near)[5] == 1


def test_a_response_that_is_no_number_is_passed_over():
    tracker = BoxTracker(Oracle(), Loop(0.0, 0.0, 1.0))
    response, sides = np.full((16, 16), np.nan), np.full((4, 16, 16), 20.0)
    response[8, 9] = 0.5
    assert tracker.best(response, sides, np.array([40.0, 40.0]), tracker.near)[0] == 16


def test_maps_without_a_usable_box_leave_the_target_where_it_was():
    tracker = BoxTracker(Oracle(), Loop())
    sides = np.full((4, 16, 16), np.nan)
    assert tracker.best(np.ones((16, 16)), sides, np.array([7.0, 9.0]), tracker.near) == (0.0, 0.0, 7.0, 9.0, 0.0, 0.0)


def test_windows():
    centred, hann = window_of("centred", 16, -128), window_of("hann", 16, -128)
    assert np.unravel_index(centred.argmax(), centred.shape) == (8, 8) and centred.max() == 1
    np.testing.assert_allclose(hann, np.outer(np.hanning(16), np.hanning(16)))


class Biased(Oracle):
    """An oracle whose box is a tenth too wide and lies a twentieth of its width too far right."""

    def locate(self, kept, image):
        response, (left, top, right, bottom) = super().locate(kept, image)
        width = left + right
        return response, np.stack([left, top, right + 0.1 * width, bottom])


def test_calibration_takes_off_the_error_of_the_first_frame():
    frames, truth = moving()
    loop = Loop(0.2, 0.0, 1.0)
    before, after = (
        follow(BoxTracker(Biased(), Loop(0.2, 0.0, 1.0, calibration=k)), frames, truth[0])[0] for k in (0, 1)
    )
    exact, _ = follow(BoxTracker(Oracle(), loop), frames, truth[0])
    wide = before[1:, 2] / exact[1:, 2]
    assert wide.min() > 1.05 and np.abs(after[1:] - truth[1:]).max() < 0.6 < np.abs(exact[1:] - truth[1:]).max()


def test_a_view_that_misses_the_target_does_not_calibrate():
    frames, truth = moving()
    tracker = BoxTracker(Oracle(), Loop(calibration=1.0))
    tracker.init(frames[0] * 0, [100.0, 60, 10, 40])  # nothing is there: the oracle's box is a square
    assert (tracker.bias == 0).all()


def test_steady_takes_small_changes_back():
    tracker = BoxTracker(Oracle(), Loop(steady=0.5))
    tracker.marked = np.array([50.0, 50])
    small, large = np.log(1.2), np.log(2)
    kept = [1 - 0.5 * np.exp(-((c / 0.25) ** 2)) for c in (small, large)]
    assert np.allclose(tracker.told(np.array([60.0, 100])), [50 * 1.2 ** kept[0], 50 * 2 ** kept[1]], atol=1e-12)


def test_what_is_told_follows_at_a_rate_of_its_own():
    frames, truth = moving()
    slow, told = (follow(BoxTracker(Biased(), Loop(0.2, 0.0, 0.4, told_rate=k)), frames, truth[0])[0] for k in (0, 1))
    exact, _ = follow(BoxTracker(Biased(), Loop(0.2, 0.0, 1.0)), frames, truth[0])
    assert np.abs(told[1, 2:] - exact[1, 2:]).max() < 1e-9 < 0.3 < np.abs(told[1, 2] - slow[1, 2])
    centres = (told - slow)[1:, :2] + (told - slow)[1:, 2:] / 2
    assert np.abs(centres).max() < 1e-9  # so the search is the same


def test_votes_are_weighed_by_response_and_overlap():
    tracker = BoxTracker(Oracle(), Loop(0.0, 0.0, 1.0, vote=2.0))
    response, sides = np.zeros((16, 16)), np.full((4, 16, 16), 1.0)
    response[8, 8], sides[:, 8, 8] = 0.8, 20  # a square of 40 about (0, 0)
    response[7, 8], sides[:, 7, 8] = 0.3, 20  # too weak
    response[8, 9], sides[:, 8, 9] = 0.6, (26, 20, 14, 20)  # the same, 10 to the right: IoU 30/50, not above 0.6
    response[9, 8], sides[:, 9, 8] = 0.5, (20, 28, 20, 12)  # 8 down: IoU 32/48
    response[0, 0], sides[:, 0, 0] = 0.7, np.nan  # no box
    x, y, w, h, score, _ = tracker.best(response, sides, np.array([40.0, 40.0]), tracker.near)
    weight, own = 0.5**2 * (5 / 8 - 0.5) * (32 / 48 - 0.6), 0.8**2 * 0.5 * 0.4
    assert (x, w, h, score) == (0, 40, 40, 0.8) and y == pytest.approx(8 * weight / (weight + own))


def test_a_calm_target_is_searched_for_in_smaller_crops():
    loop = Loop(0.2, 0.05, 0.5, calm_shift=24.0, calm=192, uncertain=0.5)
    for step, shown in ((4, [256] + 18 * [192]), (10, 19 * [256])):  # pixels, 3 times as many in a crop
        frames, truth = moving(step=step)
        model = Oracle()
        boxes, _ = follow(BoxTracker(model, loop), frames, truth[0])
        assert model.shown == shown and np.abs(boxes - truth).max() < 2


def test_a_target_that_was_gone_is_searched_for_in_the_usual_crop():
    model = Oracle()
    tracker = BoxTracker(model, Loop(0.2, 0.05, 0.5, calm_shift=24.0, calm=192, uncertain=0.5))
    frame = disc(60, 100)
    follow(tracker, [frame, frame, frame * 0, *[frame] * 18], [49.2, 89.2, 21.6, 21.6])
    assert model.shown == [256, 192, *16 * [256], 192, 192]  # 128 * 0.9**15 is 26.4, 128 * 0.9**16 is 23.7


def test_a_parameter_of_earlier_versions_is_read_over():
    about = {"name": "x", "loop": {"window_influence": 0.3, "vote": 3.0, "hold": 0.3}}
    assert Loop.of(about) == Loop(0.3, 0.0, 0.0, "hann", 3.0)
    with pytest.raises(DataError, match="loop.held"):
        Loop.of({"name": "x", "loop": {"held": 0.3}})


def test_both_ways_agree_on_a_disc_and_not_on_nothing():
    frames, truth = moving()
    loop = Loop(0.2, 0.05, 0.5)
    forward, _ = follow(BoxTracker(Oracle(), loop), frames, truth[0])
    boxes, agree = returned(BoxTracker(Oracle(), loop), frames, forward, 0.6)
    assert agree.all() and np.abs(boxes - truth).max() < 1.5
    elsewhere = forward + np.linspace(0, 90, len(frames))[:, None] * [1, 0, 0, 0]  # it wandered off the disc
    boxes, agree = returned(BoxTracker(Oracle(), loop), [f * 0 for f in frames], elsewhere, 0.6)
    assert not agree.all() and np.isnan(boxes[~agree]).all()
