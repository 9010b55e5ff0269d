"""Training of the box network on a ring of drawn discs.

The loss falls, and going on from a checkpoint is as never having stopped.
"""

import json

import numpy as np
import pytest
import torch
from shapes import disc

from siamtrain.box import distill, network, student, train


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    """64 pairs of a disc in noise.

    The teachers' maps are not trusted, their features are a blurred view of the crop.
    """
    ring, rng = distill.Ring(str(tmp_path_factory.mktemp("ring")), 64), np.random.default_rng(0)
    for _ in range(64):
        x, y, r = rng.uniform(70, 186), rng.uniform(70, 186), rng.uniform(18, 30)
        search = np.maximum(disc(x, y, r, (256, 256)), rng.integers(0, 60, (256, 256, 3), np.uint8))
        cells = search[8::16, 8::16, 0].astype(np.int8) // 4
        box = (x - r, y - r, x + r, y + r)
        ring.put(
            exemplar=disc(64, 64, 24, (128, 128)), search=search, fear=cells[None], nano=cells[None], truth=(*box, 1, 0)
        )
    return ring


def trainer(folder, **changes):
    return train.Trainer(train.Settings(plan="tiny", batch=8, warmup=5, minutes=60, **changes), str(folder))


def steps(trainer, ring, count):
    return [trainer.step(ring.draw(8, trainer.rng)) for _ in range(count)]


def test_feature_phase_lowers_the_error(ring, tmp_path):
    log = steps(trainer(tmp_path, phase="features"), ring, 25)

    def mean(rows):
        return np.mean([r["fear"] for r in rows])

    assert mean(log[-5:]) < 0.9 * mean(log[:5])


def test_pair_phase_finds_the_discs(ring, tmp_path):
    log = steps(trainer(tmp_path), ring, 40)

    def mean(key, rows):
        return np.mean([r[key] for r in rows])

    assert mean("response", log[-5:]) < 0.7 * mean("response", log[:5])
    assert mean("iou", log[-5:]) > mean("iou", log[:5]) + 0.1


def test_resuming_gives_the_weights_of_not_stopping(ring, tmp_path):
    whole = trainer(tmp_path / "whole")
    steps(whole, ring, 3)
    whole.save()
    (tmp_path / "again").mkdir()
    (tmp_path / "whole" / "checkpoint.pt").rename(tmp_path / "again" / "checkpoint.pt")
    noise = torch.get_rng_state()
    steps(whole, ring, 3)
    again = trainer(tmp_path / "again", seed=9)
    again.resume()
    assert torch.equal(torch.get_rng_state(), noise)
    steps(again, ring, 3)
    for mine, theirs in ((whole.student, again.student), (whole.average, again.average)):
        for key, value in mine.state_dict().items():
            assert torch.equal(value, theirs.state_dict()[key]), key
    assert whole.seen == again.seen and whole.step_number == again.step_number == 6


def test_rate_follows_the_minutes_spent(tmp_path):
    t = trainer(tmp_path, last_rate=0.1)
    t.step_number = 100
    rates = []
    for t.spent in (0, 1800, 3600, 9999):
        rates.append(t.rate())
    assert rates == pytest.approx([2e-3, 1.1e-3, 2e-4, 2e-4])


def test_run_ends_with_its_minutes_and_stops_the_generator(ring, tmp_path):
    t = trainer(tmp_path)
    t.settings.minutes, t.settings.batch = 0.02, 2
    train.run(t, ring)
    assert ring.counters[distill.STOP] == 1
    net, seen = student.load_network(str(tmp_path / "average.pt"))
    assert seen["pairs"] > 0 and net.plan == "tiny"
    assert (
        json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])["step"] == 10 if t.step_number >= 10 else True
    )


def test_half_precision_checkpoint_begins_another_run(ring, tmp_path):
    first = trainer(tmp_path / "first")
    steps(first, ring, 2)
    path = str(tmp_path / "half.pt")
    student.write_average(path, first.average.state_dict(), "tiny", first.seen, half=True)
    second = trainer(tmp_path / "second", seed=5)
    second.begin_from(path)
    key = "net.backbone.0.conv.weight"
    torch.testing.assert_close(second.student.state_dict()[key], first.average.state_dict()[key], rtol=1e-3, atol=1e-4)
    assert second.seen == {"crops": 0, "pairs": 16}


def test_layers_of_another_plan_are_taken_in_order(monkeypatch):
    monkeypatch.setitem(network.PLANS, "deep", ((4, 4, 8), (3, 2, 16), 8, 4, (3, 1, 16), (3, 2, 24)))
    old, new = student.Student("tiny"), student.Student("deep")
    kept = student.transplanted(old.state_dict(), new.state_dict())
    new.load_state_dict({**new.state_dict(), **kept})
    taken = {0: 0, 1: 1, 2: 2, 3: 5}  # the second block and the second convolution of 16 channels stay as they began
    for before, after in taken.items():
        for a, b in zip(old.net.backbone[before].parameters(), new.net.backbone[after].parameters()):
            assert torch.equal(a, b)
    assert not any(k.startswith(("net.backbone.3", "net.backbone.4")) for k in kept) and torch.equal(
        kept["net.sides.weight"], old.net.sides.weight
    )
