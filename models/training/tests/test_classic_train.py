"""The classic network learns, resumes exactly, and its loop follows what it learned."""

import dataclasses

import cv2
import numpy as np
import pytest
import torch

from siamtrain.backbone.tiny import TinyNet
from siamtrain.classic import files, train
from siamtrain.classic.network import Branch, SiamFC
from siamtrain.classic.pairs import Augmentation, PairMaker
from siamtrain.data import split, synthetic
from siamtrain.data.images import ImageCache
from siamtrain.data.track import Track
from siamtrain.loop import sequences
from siamtrain.loop.follow import follow
from siamtrain.loop.peak import Loop, PeakTracker, open_tracker

MILD = Augmentation(shift=40, scale=0.1, aspect=0.05, rotation=0, occlude=0, refill=0.3, gap=20)


def tiny():
    torch.manual_seed(0)
    return SiamFC(channels=32, frozen=0, backbone=TinyNet())


def trainer(folder, steps, **changes):
    cache = ImageCache()
    settings = train.Settings(
        **{"steps": steps, "batch": 8, "rate": 2e-3, "backbone_rate": 1.0, "warmup": 5, "look": 20, **changes}
    )
    pairs = PairMaker(synthetic.tracks(range(16), cache), cache, changes=MILD)
    held = PairMaker(synthetic.tracks(range(100, 104), cache), cache, seed=9, changes=MILD)
    return train.Trainer(tiny(), pairs, [held.batch(k, 8) for k in range(2)], settings, str(folder))


def hits(net):
    """Share of frames of unseen synthetic video in which the loop's box overlaps the target by more than half."""
    cache = ImageCache()
    branch = Branch(net.eval())
    tracker = PeakTracker(branch.numpy, net.scale.item(), net.bias.item())
    found = []
    for track in synthetic.tracks(range(200, 204), cache, frames=20):
        boxes, _ = follow(tracker, [cache.load(f) for f in track.files], track.boxes[0])
        found.append(sequences.summary([(boxes, None, track.boxes)])[0][2])
    return float(np.mean(found))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    torch.set_num_threads(1)
    run = trainer(tmp_path_factory.mktemp("run"), 260)
    return run.run(), run


def test_the_loss_falls_on_what_was_held_back(trained):
    _, run = trained
    rows = train.watch.read_curve(run.path("curve.jsonl"))
    assert rows[-1]["loss"] < 0.8 * rows[1]["loss"]
    assert rows[-1]["held_loss"] < 0.85 * rows[0]["held_loss"]
    assert rows[-1]["held_hits"] > rows[0]["held_hits"] + 0.1


def test_the_trained_network_follows_a_target_that_the_untrained_one_loses(trained):
    net, _ = trained
    assert hits(tiny()) < 0.45
    assert hits(net) > 0.6


def test_the_exported_file_gives_the_same_track(trained, tmp_path):
    net, _ = trained
    manifest = files.manifest(
        "tiny", "test", net.scale.item(), net.bias.item(), Loop(), {"uncertain": 0.5, "lost": 0.2}
    )
    path = str(tmp_path / "tiny.onnx")
    files.write(Branch(net), manifest, path)
    images, boxes = synthetic.video(300, 12)
    direct = PeakTracker(Branch(net).numpy, net.scale.item(), net.bias.item())
    want, _ = follow(direct, images, boxes[0])
    got, _ = follow(open_tracker(path), images, boxes[0])
    np.testing.assert_allclose(got, want, atol=0.1)


def test_resuming_gives_the_same_weights_as_not_stopping(tmp_path):
    torch.set_num_threads(1)
    whole = trainer(tmp_path / "whole", 12, look=4).run()
    trainer(tmp_path / "parts", 12, look=4).run(until=5)
    second = trainer(tmp_path / "parts", 12, look=4)
    assert second.resume() and second.step == 5
    parts = second.run()
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name
    curves = [train.watch.read_curve(str(tmp_path / f / "curve.jsonl")) for f in ("whole", "parts")]
    assert [r["held_loss"] for r in curves[0]] == [r["held_loss"] for r in curves[1]]


def test_pair_loss_without_other_scenes_is_the_papers_loss():
    g = torch.Generator().manual_seed(2)
    logits, offset = torch.randn(3, 3, 17, 17, generator=g), torch.tensor([[0.0, 0], [24, -8], [-40, 40]])
    own = torch.stack([logits[i, i] for i in range(3)])
    want = train.losses.balanced_logistic(own, train.positives(offset))
    assert train.pair_loss(logits, offset, torch.tensor([1, 1, 1]), 0.5).item() == pytest.approx(want.item())


def test_positives_lie_about_the_target():
    cells = train.positives(torch.tensor([[16.0, -24.0]]))[0]
    rows, columns = torch.nonzero(cells, as_tuple=True)
    assert (rows.float().mean() - 8) * 8 == -24 and (columns.float().mean() - 8) * 8 == 16
    assert len(rows) == 13  # of cells 8 pixels apart within 16 pixels


def test_a_pairs_crop_has_the_target_where_it_says():
    cache = ImageCache()
    image = np.zeros((200, 300, 3), np.uint8)
    cv2.circle(image, (150, 90), 6, (255, 255, 255), -1)
    cache.put("dot", image)
    still = dataclasses.replace(MILD, refill=0, grey=0)
    maker = PairMaker([Track("dot", "dot", "", ["dot"], np.array([[130.5, 70.5, 40, 40]]))], cache, changes=still)
    batch = maker.batch(0, 6)
    for search, offset in zip(batch.searches, batch.offset):
        grey = search.max(2).astype(float) - np.median(search.max(2))
        grey[grey < 0.5 * grey.max()] = 0
        ys, xs = np.mgrid[0:255, 0:255] + 0.5
        found = np.array([(grey * xs).sum(), (grey * ys).sum()]) / grey.sum() - 127.5
        np.testing.assert_allclose(found, offset, atol=1.0)


def test_batches_are_a_function_of_seed_and_step():
    cache = ImageCache()
    tracks = synthetic.tracks(range(3), cache, 5)
    first, again = (PairMaker(tracks, cache, seed=4).batch(7, 4) for _ in range(2))
    other = PairMaker(tracks, cache, seed=5).batch(7, 4)
    assert np.array_equal(first.searches, again.searches) and np.array_equal(first.offset, again.offset)
    assert not np.array_equal(first.offset, other.offset)


def test_held_back_scenes_do_not_train():
    cache = ImageCache()
    training, held = split.hold_back(synthetic.tracks(range(10), cache, 3), 0.2, 0)
    assert len(held) == 2 and not {t.scene for t in training} & {t.scene for t in held}
