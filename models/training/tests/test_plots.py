"""Pictures of runs."""

import cv2
import pytest

from siamtrain.__main__ import main
from siamtrain.fit.watch import Curve

PANEL = (280, 210)  # pixels, wide and high


def run_at(folder, *rows):
    folder.mkdir()
    curve = Curve(str(folder / "curve.jsonl"))
    for row in rows:
        curve.add(**row)
    return str(folder)


def test_a_figure_of_all_runs_and_plans_is_one_panel(tmp_path):
    pytest.importorskip("matplotlib")
    classic = [{"step": s, "pairs": 8 * s, "loss": 1 / (s + 1), "held_loss": 0.5, "spread": 0.8} for s in range(3)]
    marked = [{"step": s, "plan": p, "held_iou": 0.4, "probe_iou": 0.3} for s in range(3) for p in "sm"]
    out, first = str(tmp_path / "c.png"), run_at(tmp_path / "a", *classic)
    assert main(["curves", first, run_at(tmp_path / "b", *marked), "--out", out]) == 0
    assert cv2.imread(out).shape[:2] == (PANEL[1], 3 * PANEL[0])  # iou, loss, spread
    assert main(["curves", first, "--out", out]) == 0
    assert cv2.imread(out).shape[1] == 2 * PANEL[0]


def test_what_is_no_run_is_named(tmp_path, caplog):
    assert main(["curves", str(tmp_path / "x"), "--out", str(tmp_path / "c.png")]) == 1
    assert "curve.jsonl: no such file" in caplog.text
    assert main(["curves", run_at(tmp_path / "y"), "--out", str(tmp_path / "c.png")]) == 1
    assert "nothing was measured yet" in caplog.text and not (tmp_path / "c.png").exists()
