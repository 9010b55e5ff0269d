"""Cross-validation over targets, against what can be worked out by hand."""

import numpy as np
import pytest

from siamtrain import __main__ as cli
from siamtrain.checks import folds
from siamtrain.data import synthetic
from siamtrain.data.readers import otb
from siamtrain.errors import DataError


def three(auc):
    """Scores of settings (S, N) with the other two figures alike."""
    return np.repeat(np.array(auc, float)[..., None], 3, -1)


def test_scenes_stay_together_and_folds_are_even():
    scenes = ["a", "a", "b", "c", "d", "e", "f", "g", "h", "i"]
    fold = folds.deal(scenes, 3, 4)
    assert fold[0] == fold[1] and sorted(np.bincount(fold)) == [3, 3, 4]
    assert np.array_equal(fold, folds.deal(scenes, 3, 4)) and not np.array_equal(fold, folds.deal(scenes, 3, 5))
    with pytest.raises(DataError, match="2 scenes for 3 folds"):
        folds.deal(["a", "b", "b"], 3, 0)


def test_a_setting_that_is_better_everywhere_keeps_all_of_its_gain():
    base = np.linspace(0.3, 0.9, 10)
    scores, fold = three([base, base + 0.05]), np.arange(10) % 5
    outcome = folds.validate(scores, fold)
    assert outcome.chosen == [1] * 5 and np.allclose(outcome.held, scores[1])
    mean, error, better = folds.gain(outcome.held[:, 0], base, fold)
    assert (mean, error, better) == (pytest.approx(0.05), pytest.approx(0, abs=1e-12), 5)


def test_settings_that_each_fit_one_target_are_worth_nothing_held_out():
    """Setting k is right on target k alone: the best of all promises 1/N, of which nothing is left."""
    count = 6
    scores = three(np.eye(count))
    outcome = folds.validate(scores, np.arange(count))
    assert scores[:, :, 0].mean(1).max() == pytest.approx(1 / count) and outcome.held.max() == 0


def test_each_fold_chooses_by_the_others():
    """Setting 0 is best on the first fold's targets, so the second and third choose it; the first cannot."""
    scores = three([[1.0, 1.0, 0.4, 0.4, 0.4, 0.4], [0.2, 0.2, 0.5, 0.5, 0.5, 0.5]])
    outcome = folds.validate(scores, np.array([0, 0, 1, 1, 2, 2]))
    assert outcome.chosen == [1, 0, 0]
    assert outcome.held[:, 0].tolist() == [0.2, 0.2, 0.4, 0.4, 0.4, 0.4]


def test_spread_is_the_deviation_of_the_folds_means():
    figures, fold = np.array([0.1, 0.3, 0.4, 0.8]), np.array([0, 0, 1, 1])
    assert folds.spread(figures, fold) == pytest.approx(0.4 / np.sqrt(2))  # of 0.2 and 0.6
    mean, error, better = folds.gain(figures, np.array([0.2, 0.2, 0.2, 0.2]), fold)
    assert (mean, error, better) == (pytest.approx(0.2), pytest.approx(0.4 / np.sqrt(2)), 1)


def test_a_gain_of_one_target_is_seen_to_be_of_one():
    """One target of six gains 0.6, one loses 0.06: two of three folds stand still or fall."""
    reference = np.full(6, 0.3)
    figures = reference + [0.6, 0, 0, -0.06, 0, 0.0001]
    got = folds.paired(figures, reference, [np.array([0, 0, 1, 1, 2, 2])] * 2)
    assert (got.better, got.worse) == (1, 1)
    assert (got.gain, got.typical) == (pytest.approx(0.5401 / 6), pytest.approx(-0.0599 / 5))
    assert got.spread == pytest.approx(np.std([0.3, -0.03, 0.00005], ddof=1)) and got.agree == pytest.approx(2 / 3)


def test_the_careful_choice_is_the_first_within_one_standard_error():
    top = np.array([0.9, 0.5, 0.7, 0.7])
    near = top - [0.3, -0.2, 0.1, 0.0]  # 0.05 below, standard error 0.208 / 2 = 0.104
    far = top - 0.02  # less below, but on every target: no error at all
    assert folds.best(np.array([far, near, top])) == 2
    assert folds.best(np.array([far, near, top]), careful=True) == 1


def test_another_figure_can_choose():
    scores = three([[0.5] * 4, [0.6] * 4])
    scores[0, :, 1] = 0.9
    fold = np.array([0, 0, 1, 1])
    assert folds.validate(scores, fold, by=0).chosen == [1, 1] and folds.validate(scores, fold, by=1).chosen == [0, 0]


@pytest.fixture()
def data(tmp_path):
    """Five sequences with their true boxes as a result, and a result whose boxes lie 12 pixels beside them."""
    for k in range(5):
        boxes = synthetic.write(str(tmp_path / "data" / f"S{k}"), k, 6)
        for name, moved in (("true", 0), ("beside", 12)):
            (tmp_path / name).mkdir(exist_ok=True)
            np.savetxt(tmp_path / name / f"S{k}.txt", boxes + [moved, 0, 0, 0], "%.3f", ",")
    return tmp_path


def test_the_true_boxes_have_the_protocols_highest_score(data):
    tracks = otb.read(str(data / "data"), raw=True).tracks
    assert folds.read_scores(str(data / "true"), tracks) == pytest.approx(np.tile([20 / 21, 1, 1], (5, 1)))


def test_the_command_reports_the_choice(data, capsys):
    paths = [f"near={data / 'beside'}", str(data / "true")]
    assert cli.main(["folds", *paths, "--data", str(data / "data"), "--peer", f"peer={data / 'beside'}"]) == 0
    said = capsys.readouterr().out
    assert "chosen: true 100%" in said and "better in 5 of 5 folds: a gain" in said and "\npeer" in said
    assert "true over near: +" in said and "5 targets better, 0 worse" in said and "in 100% of them" in said


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda path: path.unlink(), "S3.txt: no such file"),
        (lambda path: path.write_text(path.read_text() + "1,2,3,4\n"), "S3.txt: 7 boxes for 6 frames"),
        (lambda path: path.write_text(path.read_text().replace("\n", "\n\n", 1)), "S3.txt:2: '' is not x,y,w,h"),
    ],
)
def test_a_result_that_does_not_fit_is_named(data, caplog, spoil, message):
    spoil(data / "true" / "S3.txt")
    assert cli.main(["folds", str(data / "true"), "--data", str(data / "data")]) == 1
    assert message in caplog.text


@pytest.mark.parametrize("option", ["--folds", "--repeats"])
def test_numbers_that_make_no_folds_are_refused(data, caplog, option):
    assert cli.main(["folds", str(data / "true"), "--data", str(data / "data"), option, "0"]) == 1
    assert f"{option} 0: at least" in caplog.text
