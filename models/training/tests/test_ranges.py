"""What a manifest may hold: what Go refuses is not written."""

import copy
import glob
import os
import shutil
import subprocess

import pytest
from test_go import TRACK, built
from test_loop_models import single

from siamtrain import __main__ as cli
from siamtrain.errors import DataError
from siamtrain.file import export, ranges
from siamtrain.loop.box import Loop
from siamtrain.marked import files

ABOUT = files.manifest("m", Loop(0.0, 0.0, 1.0))
MODELS = os.path.join(os.path.dirname(__file__), "..", "..")
CLIP = os.path.join(MODELS, "..", "samples", "walk.mp4")

# Settings of a box model, and what is said of them.
REFUSED = {
    "loop.told_rate=2": "loop.told_rate: 2 found, 0 to 1 expected",
    "loop.told_rate=-1": "loop.told_rate: -1 found, 0 to 1 expected",
    "loop.told_rate=fast": 'loop.told_rate: "fast" found, a number expected',
    "loop.told_rate=true": "loop.told_rate: true found, a number expected",
    "loop.told_rate=NaN": "loop.told_rate: NaN found, a number expected",
    "loop.tolt_rate=1": "loop.tolt_rate: no parameter of a model",
    "loop.refresh=2.5": "loop.refresh: 2.5 found, a whole number expected",
    "loop.window=hamming": 'loop.window: "hamming" found, hann or centred expected',
    "search.size=64": "search.size: 64 found, 128 (exemplar.size) to 2048 expected",
    "search.sweep=300": "search.sweep: 300 found; for a box model",
    "search.calm=200": "search.calm: 200 found; for a box model",
    "search.calm=192": "search.calm: 192 found with a loop.calm_shift of 0, one is nothing without the other",
    "grid.stride=0": "grid.stride: 0 found, above 0 to 64 expected",
    "state.apce=-1": "state.apce: -1 found, 0 or more expected",
    "state.lost=1": "state.lost: 1 found, 0 to state.uncertain expected",
    "state.redetect=1": "state.redetect: 1 found, true or false expected",
    "upsample=100": "upsample: 100 found, 0 to 32 expected",
    "input.mean=[1]": None,
    'input.mean=[1,"2",3]': 'input.mean: [1, "2", 3] found, numbers expected',
    "format=2": "format: 2 found, 1 to 1 expected",
    "kind=peak": "loop.scales: missing",
    "name=": "name: missing",
    "about=1": "about: 1 found, a word expected",
    "loop.told_rate=1": None,
    "loop.blend=": None,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return single(tmp_path_factory.mktemp("model"))


@pytest.mark.parametrize("setting", REFUSED)
def test_what_go_refuses_is_not_written(setting, model, tmp_path, caplog):
    out, said = tmp_path / "o.onnx", REFUSED[setting]
    assert cli.main(["manifest", model, "--set", setting, "--out", str(out)]) == (1 if said else 0)
    assert out.exists() != bool(said) and (said is None or said in caplog.text)


@built
@pytest.mark.parametrize("setting", REFUSED)
def test_go_refuses_the_same(setting, model, tmp_path):
    path, said = shutil.copy(model, tmp_path), REFUSED[setting]
    export.set_manifest(path, export.changed(export.manifest_of(path), [setting]))
    run = [TRACK, "file", CLIP, "--model", path, "--init", "349,428,50,148", "--end", "1", "--csv", "-"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
    field = (said or "").partition(": ")[0].rpartition(".")[2]
    assert (done.returncode != 0) == bool(said), done.stderr
    assert field in done.stderr or "NaN" in setting  # which is not even JSON


def peak(**loop):
    """A manifest of the kind whose loop has scales."""
    about = copy.deepcopy(ABOUT)
    about.update(kind="peak", correlation={"scale": 1.0}, search={"size": 256})
    about["loop"] = {"window_influence": 0.2, "scales": 3, "scale_step": 1.04, **loop}
    return about


@pytest.mark.parametrize("loop", [{"scales": 2}, {"scales": 11}, {"scale_step": 0.5}, {"vote": 1.0}, {"refresh": 5}])
def test_a_loop_of_scales_is_asked_for_more(loop):
    ranges.check(peak())
    with pytest.raises(DataError, match=f"^loop.{next(iter(loop))}: "):
        ranges.check(peak(**loop))


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(DataError, match="loop.vote: 11 found.*; loop.steady: 2 found"):
        ranges.check({**ABOUT, "loop": {"window_influence": 0.4, "vote": 11, "steady": 2}})


def test_the_shipped_models_are_in_their_ranges():
    paths = glob.glob(os.path.join(MODELS, "*.onnx"))
    assert paths
    for path in paths:
        ranges.check(export.manifest_of(path))
