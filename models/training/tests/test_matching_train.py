"""The embedding learns identities, and its batches are balanced."""

import numpy as np
import pytest
import torch

from siamtrain.backbone.tiny import TinyNet
from siamtrain.data import synthetic
from siamtrain.data.images import ImageCache
from siamtrain.errors import DataError
from siamtrain.fit import watch
from siamtrain.matching import train
from siamtrain.matching.network import Embedding


def test_batches_hold_every_identity_equally_often_and_repeat():
    cache = ImageCache()
    settings = train.Settings(identities=3, views=4)
    views = train.Views(synthetic.tracks(range(5), cache, 6), cache, settings, 1)
    images, labels = views.batch(2)
    assert images.shape == (12, 3, 128, 128) and torch.bincount(labels).tolist() == [4, 4, 4]
    assert torch.equal(images, views.batch(2)[0])


def test_one_shot_by_hand():
    e = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [0.9, 0.1], [0, 1.0], [0.8, 0.2]]), dim=1)
    assert train.one_shot(e, torch.tensor([0, 0, 1, 1])) == 0.5


def test_training_parts_identities(tmp_path):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    cache, settings = ImageCache(), train.Settings(steps=12, identities=4, views=3, look=6, rate=1e-3)
    tracks = synthetic.tracks(range(8), cache, 6)
    net = Embedding(32, frozen=1, backbone=TinyNet())
    held = [train.Views(tracks[4:], cache, settings, 9).batch(0)]
    rows = train.run(net, train.Views(tracks[:4], cache, settings, 0), held, settings, str(tmp_path))
    assert [r["step"] for r in rows] == [0, 6, 12]
    vectors = net(held[0][0])
    np.testing.assert_allclose(vectors.norm(dim=1).detach().numpy(), 1, rtol=1e-5)


@pytest.mark.parametrize("weights", [{"cross_entropy": 1.0, "triplet": 0.0}, {"contrastive": 1.0, "triplet": 0.0}])
def test_each_loss_alone_pulls_the_same_together(weights):
    torch.manual_seed(1)
    vectors, labels = torch.nn.Parameter(torch.randn(8, 6)), torch.tensor([0, 0, 1, 1, 2, 2, 3, 3])
    same, settings = train.Same(), train.Settings(**weights)
    optimiser = torch.optim.Adam([vectors, *same.parameters()], 0.05)
    values = []
    for _ in range(60):
        unit = torch.nn.functional.normalize(vectors, dim=1)
        loss = train.loss_of(unit, labels, same, settings)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        values.append(loss.item())
    cosine = (unit @ unit.T).detach()
    alike = (labels[:, None] == labels[None]) & ~torch.eye(8, dtype=torch.bool)
    assert values[-1] < 0.3 * values[0] and cosine[alike].min() > 0.2 + cosine[labels[:, None] != labels[None]].max()


def test_the_losses_add_up_by_their_weights():
    g = torch.Generator().manual_seed(2)
    unit = torch.nn.functional.normalize(torch.randn(6, 5, generator=g), dim=1)
    labels, same = torch.tensor([0, 0, 1, 1, 2, 2]), train.Same()

    def loss(**weights):
        return train.loss_of(unit, labels, same, train.Settings(**weights)).item()

    alone = loss(), loss(triplet=0, contrastive=1), loss(triplet=0, cross_entropy=1)
    assert loss(triplet=2, contrastive=3, cross_entropy=0.5) == pytest.approx(np.dot([2, 3, 0.5], alone), rel=1e-5)
    assert train.Same().even() == pytest.approx(0.5)


def test_no_loss_is_refused(tmp_path):
    with pytest.raises(DataError, match="no loss"):
        train.run(None, None, [], train.Settings(triplet=0), str(tmp_path))


def test_spread_and_distances_by_hand():
    same = torch.ones(6, 4)
    assert watch.spread(same) == 0
    with pytest.raises(watch.Collapsed):
        watch.check_spread(watch.spread(same))
    g = torch.Generator().manual_seed(0)
    assert abs(watch.spread(torch.randn(4000, 16, generator=g)) - 1) < 0.02
    points, labels = torch.tensor([[0.0], [3.0], [10.0]]), torch.tensor([0, 0, 1])
    assert watch.distances(points, labels) == (3.0, 8.5)


def test_early_stopping_counts_looks_without_a_better_one():
    stop = watch.EarlyStopping(2)
    assert [stop.look(v) for v in (1.0, 0.5, 2.0, 1.0, 1.5)] == [
        (True, False),
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]
