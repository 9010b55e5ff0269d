"""Training of marked networks on drawn data, without teachers.

The loss falls, and going on from a checkpoint is as never having stopped.
"""

import json
import os
import shutil

import bundles
import pytest
import torch

from siamtrain.__main__ import main
from siamtrain.errors import DataError
from siamtrain.file.export import manifest_of
from siamtrain.marked import ablate, head, pairs, run, student, train
from siamtrain.marked.validate import Validation

NAMES = (ablate.WHOLE, "without the mark", "without other scenes", "without pseudo", "boxes of still at half weight")
PLAIN = {"parts": 0, "plans": ("tiny",), "device": "cpu", "precision": "fp32", "capacity": 80, "held": ("s2",)}


@pytest.fixture(scope="module")
def tars(tmp_path_factory):
    return bundles.write(str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("weights") / "tiny.pt")
    student.Student("tiny", torch.device("cpu")).save(path)
    return path


def trainer(tars, out, **changes):
    settings = train.Settings(**{"inbox": tars, "out": str(out), "batch": 4, "seconds": 0, **PLAIN, **changes})
    made = train.Trainer(settings)
    made.set_up()
    return made


def heads(tars, out, begin, **changes):
    changes = {"inbox": tars, "out": str(out), "begin": begin, "batch": 4, "seconds": 0, "ring": 3, **PLAIN, **changes}
    made = head.HeadTrainer(head.Settings(**changes))
    made.set_up()
    return made


def same(one, two):
    for mine, theirs in zip(one.learners, two.learners):
        for kind in ("module", "average"):
            first, second = mine.learner.state()[kind], theirs.learner.state()[kind]
            for key, value in first.items():
                assert torch.equal(value, second[key]), (kind, key)
        assert mine.seen == theirs.seen
    assert one.steps == two.steps


def again_is_the_same(make, folder):
    whole = make(folder / "whole")
    for _ in range(2):
        whole.step(1e-3)
    whole.save()
    (folder / "again").mkdir()
    shutil.copy(folder / "whole" / run.CHECKPOINT, folder / "again" / run.CHECKPOINT)
    for _ in range(2):
        whole.step(1e-3)
    again = make(folder / "again", seed=9, resume=True)
    for _ in range(2):
        again.step(1e-3)
    same(whole, again)


def test_resuming_gives_the_weights_of_not_stopping(tars, tmp_path):
    again_is_the_same(lambda out, **more: trainer(tars, out, **more), tmp_path)


def test_resuming_heads_gives_the_weights_of_not_stopping(tars, weights, tmp_path):
    again_is_the_same(lambda out, **more: heads(tars, out, weights, **more), tmp_path)


def test_the_loss_falls(tars, tmp_path):
    made = trainer(tars, tmp_path)
    (pupil,), (batch, lesson), log = made.learners, made.stream.draw(), []
    exemplar, search = made.stream.lit(batch)
    for _ in range(12):
        terms = pupil.learn_pairs(exemplar, search, batch, lesson, 3e-3)
        log.append([float(terms[k]) for k in ("response", "box")])
    assert log[-1][0] < 0.6 * log[0][0] and log[-1][1] < 0.8 * log[0][1]
    assert pupil.seen == {"crops": 0, "pairs": 12 * 4}


def test_a_run_ends_with_its_time_and_leaves_weights_and_a_curve(tars, tmp_path):
    settings = {"inbox": tars, "out": str(tmp_path), "batch": 4, "seconds": 9e9, "report": 0.0, **PLAIN}
    made = train.Trainer(train.Settings(**settings))
    step, made.step = made.step, lambda rate: (step(rate), (tmp_path / run.STOP).write_text(""))[0]
    made.run()
    made.close()
    net, seen = student.load_network(str(tmp_path / "tiny.pt"))
    assert net.plan == "tiny" and seen["pairs"] == 2 * 4 == made.learners[0].seen["pairs"]
    (row,) = [json.loads(line) for line in (tmp_path / run.CURVE).read_text().splitlines()]
    assert row["step"] == 2 and 0 <= row["held_iou"] <= 1 and row["plan"] == "tiny"
    assert "pairs/s" in (tmp_path / run.LOG).read_text()


def test_heads_learn_and_leave_the_features_alone(tars, weights, tmp_path):
    made = heads(tars, tmp_path, weights)
    before = {k: v.clone() for k, v in made.learners[0].net.state_dict().items()}
    for _ in range(4):
        made.step(1e-3)
    assert len(made.ring) == 3 and made.steps == 12
    after = made.learners[0].averaged().state_dict()
    changed = {k.split(".")[0] for k, v in after.items() if not torch.equal(v, before[k])}
    assert changed == {"head"}
    made.save()
    net, seen = student.load_network(str(tmp_path / "tiny.pt"))
    assert seen == {"crops": 0, "pairs": 0, "head": 16}
    torch.testing.assert_close(
        net.state_dict()["head.mix.conv.weight"], after["head.mix.conv.weight"], rtol=1e-3, atol=1e-4
    )


def test_what_cannot_be_done_is_said(tars, weights, tmp_path):
    for error, settings in (
        ("no run to go on with", {"resume": True}),
        ("are the teachers'", {"features": 5.0}),
    ):
        with pytest.raises(DataError, match=error):
            trainer(tars, tmp_path / "none", **settings)
    with pytest.raises(DataError, match="weights of plan tiny"):
        heads(tars, tmp_path, weights, plans=("s",))
    with pytest.raises(DataError, match="NAME=PART"):
        pairs.shares_with(pairs.Shares(), ["swap=many"])
    shares = pairs.shares_with(pairs.Shares(), ["swap=0.1", "still=0.5"])
    assert shares.swap == 0.1 and shares.kinds["still"] == 0.5 and pairs.Shares().kinds["still"] != 0.5


def test_weights_are_taken_where_they_fit(tars, weights, tmp_path):
    student_ = student.Student("tiny", torch.device("cpu"), seed=5)
    taken = student_.begin(weights)
    assert taken == len(student_.taught.state_dict())
    other = student.Student("s", torch.device("cpu"))
    assert 0 < other.begin(weights) < taken
    assert os.path.getsize(weights) < 2e6


def test_validation_is_the_same_whatever_was_drawn_before(tars, tmp_path):
    made = trainer(tars, tmp_path)
    first = made.validation.measure(made.learners[0].averaged())
    torch.rand(7)
    state = torch.get_rng_state()
    second = Validation.of(made.stream).measure(made.learners[0].averaged())
    assert first == second and torch.equal(state, torch.get_rng_state())


def test_heads_without_a_part_each_are_compared(tars, weights, tmp_path, monkeypatch, capsys):
    every = ablate.variants
    assert len({v.name for v in every((1, 1), ("still", "pseudo"))}) == 13
    monkeypatch.setattr(ablate, "variants", lambda *a: [v for v in every(*a) if v.name in NAMES])
    out = str(tmp_path)
    command = ["ablate", weights, "--inbox", tars, "--out", out, "--held", "s2", "--device", "cpu", "--batch", "4"]
    command += ["--pairs", "24", "--steps", "2", "--seeds", "2", "--capacity", "80", "--held-pairs", "8"]
    command += ["--only", "without", "--only", "half weight"]
    assert main(command) == 0
    rows = ablate.read(os.path.join(out, ablate.ROWS))
    assert [(r["name"], r["seed"]) for r in rows] == [*((n, 1) for n in NAMES), (ablate.WHOLE, 2)]
    assert all(0 <= r["held_iou"] <= 1 and r["pairs"] == 8 for r in rows)
    first = capsys.readouterr().out
    assert all(n in first.splitlines()[i - len(NAMES)] for i, n in enumerate(NAMES) if n != ablate.WHOLE)
    with open(os.path.join(out, ablate.ROWS), "w", encoding="utf-8") as file:  # stopped after two
        file.writelines(json.dumps(row) + "\n" for row in rows[:2])
    assert main(command) == 0
    assert ablate.read(os.path.join(out, ablate.ROWS)) == rows
    assert main([*command, "--only", "none"]) == 0 and main([*command[:-4], "--only", "none"]) == 1


def test_a_variant_sees_only_what_it_may():
    source = torch.tensor([pairs.SOURCES.index(n) for n in ("still", "video", "pseudo", "still", "regions")])
    swapped = torch.tensor([True, False, False, False, False])
    pool = ablate.Pool({"mark": torch.zeros(5, 4), "source": source, "swapped": swapped})
    assert ablate.Variant("", ()).sees(pool).all()
    assert ablate.Variant("", (), swapped=False).sees(pool).tolist() == [False, True, True, True, True]
    assert ablate.Variant("", (), without="still").sees(pool).tolist() == [False, True, True, False, True]
    values = {"source": source, "label_weight": torch.tensor([1.0, 1.0, 1.0, 1.0, 0.5])}
    assert ablate.Variant("", ()).believes(values).tolist() == [1, 1, 1, 1, 0.5]
    assert ablate.Variant("", (), doubted="still").believes(values).tolist() == [0.5, 1, 1, 0.5, 0.5]
    assert pool.shares() == {"still": 0.4, "video": 0.2, "pseudo": 0.2, "regions": 0.2}


def test_a_table_says_what_each_lacks():
    rows = [{"name": n, "seed": s, "pairs": 8, "held_iou": v} for n, s, v in ((ablate.WHOLE, 1, 0.7), ("bare", 1, 0.5))]
    text = ablate.table([*rows, {**rows[0], "seed": 2, "held_iou": 0.6}])
    assert "0.650 +-0.071" in text and "0.500 -0.150" in text


def test_one_command_goes_from_data_to_files(tmp_path, caplog):
    data, tracks = bundles.draw(str(tmp_path / "data"))
    out, made = str(tmp_path / "run"), tmp_path / "made"
    command = ["trainmarked", "--plans", "tiny", "--device", "cpu", "--batch", "4", "--seconds", "1", "--out", out]
    assert main(command) == 1
    assert "--data PATH" in caplog.text
    command += [*(part for path in data for part in ("--data", path)), "--tracks", tracks, "--capacity", "120"]
    assert main([*command, "--export", str(made)]) == 0
    assert os.path.getsize(made / "tiny.onnx") < os.path.getsize(made / "tiny-fp32.onnx")
    about = manifest_of(str(made / "tiny.onnx"))
    assert about["name"] == "tiny" and about["loop"]["refresh"] == 5 and about["search"]["calm"] == 192
    assert sorted(os.listdir(os.path.join(out, "tars"))) == ["clips-0.tar", "sequences-0.tar", "stills-0.tar"]
