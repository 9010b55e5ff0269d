"""What is pasted stands beside a target, before a part of it, or before all of it."""

import numpy as np
import pytest
import torch
from test_marked_scene import store  # noqa: F401  (a fixture)

from siamtrain.marked.pasted import Pasted
from siamtrain.marked.scene import Scene

COUNT, SIDE = 40, 256
X1, Y1, X2, Y2 = BOX = 100.0, 90.0, 160.0, 130.0
WHOLE_BOX = 1  # the observation of the store that has no mask


@pytest.fixture(name="pasted")
def pasted_(store):  # noqa: F811
    torch.manual_seed(2)
    random = np.random.default_rng(2)
    return Pasted(Scene(store, random), random, lambda track: np.full(len(track), WHOLE_BOX))


def blank():
    return torch.zeros(COUNT, 3, SIDE, SIDE), torch.tensor([BOX]).repeat(COUNT, 1), np.zeros(COUNT, int)


def changed(crops):
    """(N, SIDE, SIDE): where something was pasted, without its soft edge."""
    return crops.amax(1) > 128


def test_what_covers_a_target_leaves_nothing_of_it_to_see(pasted):
    crops, box, track = blank()
    positive = np.arange(COUNT) % 2 == 0
    after, covered = pasted.cover(crops, box, track, positive, 1.0)
    seen = changed(after)
    assert (covered == positive).all() and not seen[~torch.tensor(positive)].any()
    assert seen[torch.tensor(positive), int(Y1) : int(Y2), int(X1) : int(X2)].all()


def test_what_is_in_front_lies_about_the_target_and_is_smaller(pasted):
    crops, box, track = blank()
    after, front = pasted.front(crops, box, track, np.ones(COUNT, bool), 1.0)
    assert len(front.chosen) == COUNT
    size = torch.tensor([X2 - X1, Y2 - Y1])
    assert (front.size >= 0.2 * size).all() and (front.size <= 0.65 * size).all()
    for crop in changed(after):
        y, x = crop.nonzero(as_tuple=True)
        assert X1 - 1 <= x.float().mean() <= X2 + 1 and Y1 - 1 <= y.float().mean() <= Y2 + 1


def test_a_share_of_what_was_in_front_stands_by_the_target_itself(pasted):
    crops, box, track = blank()
    _, front = pasted.front(crops.clone(), box, track, np.ones(COUNT, bool), 1.0)
    seen = changed(pasted.beside(crops, box, front, 0.5))
    shown = seen.flatten(1).any(1)
    assert 0.25 * COUNT < shown.sum() < 0.75 * COUNT
    assert not seen[:, int(Y1) + 2 : int(Y2) - 2, int(X1) + 2 : int(X2) - 2].any()
    areas = seen[shown].flatten(1).sum(1)
    assert (areas <= front.size.prod(-1).max() * 1.2).all()


def test_a_crowd_touches_no_target(pasted):
    crops, box, track = blank()
    seen = changed(pasted.crowd(crops, box, track, 1.0))
    assert seen.any() and not seen[:, int(Y1) + 2 : int(Y2) - 2, int(X1) + 2 : int(X2) - 2].any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_targets_are_no_error(pasted, share):
    crops, box, track = blank()
    nobody = np.zeros(COUNT, bool)
    after, front = pasted.front(crops.clone(), box, track, nobody, share)
    after = pasted.beside(after, box, front, share)
    after, covered = pasted.cover(after, box, track, nobody, share)
    assert torch.equal(after, crops) and not covered.any()
