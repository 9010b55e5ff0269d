"""What a pair's exemplar may suffer: a box drawn in a hurry, something in front."""

import numpy as np
import pytest
import torch
from test_marked_scene import store  # noqa: F401  (a fixture)

from siamtrain.marked.pairs import HURRIED, Sampler, Shares, hurried, shares_with

CALM = {"negatives": 0.0, "swap": 0.0, "swap_video": 0.0, "crowd": 0.0, "occlusion": 0.0, "distant": 0.0}


def test_a_hurried_boxs_sides_lie_outside_or_inside_each_by_itself():
    torch.manual_seed(1)
    box = torch.tensor([10.0, 20.0, 100.0, 50.0]).repeat(2000, 1)
    x, y, w, h = hurried(box).unbind(-1)
    sides = torch.stack([(10 - x) / 100, (20 - y) / 50, (x + w - 110) / 100, (y + h - 70) / 50])
    low, high = HURRIED
    assert low - 1e-5 <= sides.min() < low + 0.01 and high - 0.01 < sides.max() <= high + 1e-5
    np.testing.assert_allclose(sides.mean(1), (low + high) / 2, atol=0.01)
    assert np.abs(np.corrcoef(sides.numpy()) - np.eye(4)).max() < 0.08


def drawn(store, **shares):  # noqa: F811
    torch.manual_seed(3)
    return Sampler(store, Shares(**CALM, **shares), seed=3).pairs(8)


def test_what_is_in_front_of_an_exemplar_covers_a_part_of_its_target(store):  # noqa: F811
    bare, covered = drawn(store), drawn(store, hidden=1.0)
    torch.testing.assert_close(covered.search, bare.search)
    torch.testing.assert_close(covered.mark, bare.mark)
    for before, after, mark in zip(bare.exemplar, covered.exemplar, bare.mark):
        y, x = (before - after).abs().amax(0).gt(8).nonzero(as_tuple=True)
        w, h = mark[2] - mark[0], mark[3] - mark[1]
        assert len(x) and len(x) < 0.6 * w * h
        assert x.min() > mark[0] - 0.4 * w and x.max() < mark[2] + 0.4 * w  # the middle of what is in front is in it
        assert y.min() > mark[1] - 0.4 * h and y.max() < mark[3] + 0.4 * h


def test_a_hurried_exemplar_is_cropped_about_the_box_as_it_was_drawn(store):  # noqa: F811
    exact, loose = drawn(store), drawn(store, loose=1.0)
    width = [batch.mark[:, 2] - batch.mark[:, 0] for batch in (exact, loose)]
    for marks in (exact.mark, loose.mark):  # in the middle of its crop, but for the view's own shift
        assert ((marks[:, :2] + marks[:, 2:]) / 2 - 64).abs().max() < 5
    assert (width[0] - width[1]).abs().max() > 1


def test_a_target_wholly_behind_something_is_not_there(store):  # noqa: F811
    bare, covered = drawn(store), drawn(store, covered=1.0)
    assert bare.positive.all() and not covered.positive.any()
    torch.testing.assert_close(covered.exemplar, bare.exemplar)


@pytest.mark.parametrize("name", ["loose", "hidden", "beside", "covered", "moved"])
def test_they_are_shares_like_others(name):
    assert getattr(Shares(), name) == 0 and getattr(shares_with(Shares(), [f"{name}=0.5"]), name) == 0.5
