"""A file that was exported here runs in the Go program, and gives nearly the same boxes.

siamfc/onnx/parity_test.go has a trained one.
"""

import os
import subprocess

import bundles
import numpy as np
import pytest
import torch

from siamtrain import __main__ as cli
from siamtrain.backbone.tiny import TinyNet
from siamtrain.classic import files
from siamtrain.classic.network import Branch, SiamFC
from siamtrain.data import synthetic
from siamtrain.data.crop import context_side
from siamtrain.loop.box import EXEMPLAR, STRIDE
from siamtrain.loop.follow import follow
from siamtrain.loop.follow import open_tracker as open_any
from siamtrain.loop.peak import Loop, open_tracker

TRACK = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "bin", "track"))


built = pytest.mark.skipif(not os.path.exists(TRACK), reason="bin/track is not built: run `make build` first")


def go_boxes(tmp_path, model, seed, frames, *flags):
    """Boxes (N, 4) of the Go program, run with flags on a synthetic video, whose images and boxes are given, too."""
    boxes = synthetic.write(str(tmp_path / "video"), seed, frames)
    out = str(tmp_path / "go.txt")
    box = ",".join(f"{v:g}" for v in boxes[0])
    done = subprocess.run(
        [TRACK, "file", str(tmp_path / "video" / "img"), "--init", box, "--model", model, "--otb", out, *flags],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return np.loadtxt(out, delimiter=","), synthetic.video(seed, frames)[0], boxes


def first_map(tracker, images, box):
    """The response map (n, n) and the box of a tracker's first update."""
    seen, locate = [], tracker.model.locate
    tracker.model.locate = lambda kept, crop: seen.append(locate(kept, crop)) or seen[-1]
    found, _ = follow(tracker, images[:2], box)
    return seen[-1][0], found[1]


@built
def test_the_marked_network_is_trained_exported_and_runs_in_go(tmp_path):
    """The commands from data to files: what Go finds with them is what Python finds."""
    pytest.importorskip("onnxruntime.quantization")
    tars, run, model = bundles.write(str(tmp_path)), str(tmp_path / "run"), str(tmp_path / "tiny.onnx")
    train = ["--plans", "tiny", "--batch", "4", "--seconds", "20", "--device", "cpu", "--held", "s2"]
    assert cli.main(["trainmarked", "--inbox", tars, "--out", run, *train]) == 0
    heads = ["--plans", "tiny", "--batch", "4", "--seconds", "8", "--begin", os.path.join(run, "PLAN.pt")]
    assert cli.main(["trainhead", "--inbox", tars, "--out", str(tmp_path / "heads"), *heads]) == 0
    weights = str(tmp_path / "heads" / "tiny.pt")
    assert cli.main(["exportmarked", weights, "--inbox", tars, "--out", model, "--pairs", "4"]) == 0
    # A network that has hardly learnt answers nearly the same everywhere, from 0.042 to 0.052, so what is rounded in
    # another way shows. Crops are: one byte in twenty that is a grey level off moves the int8 map by a tenth of its
    # range, the fp32 one by a hundredth. So are bytes inside an int8 network, where Python's ONNX Runtime is another
    # build than Go's (train-test.sh's is older) or takes other kernels. Seen with one build on both sides: 0.08 of the
    # range for int8, 0.011 for fp32; with two: 0.10 and 0.018. Which cell is best may then be a tie, and another best
    # cell moves the box by as much as lies between the two.
    for path, share in ((model, 0.3), (str(tmp_path / "tiny-fp32.onnx"), 0.05)):
        maps = str(tmp_path / ("maps-" + os.path.basename(path)))
        got, images, boxes = go_boxes(tmp_path, path, 300, 6, "--response", maps, "--response-format", "npy")
        want, box = first_map(open_any(path), images, boxes[0])
        assert got.shape == (6, 4) and np.isfinite(got).all()
        np.testing.assert_allclose(np.load(os.path.join(maps, "1_000001.npy")), want, rtol=0, atol=share * np.ptp(want))
        cell = STRIDE * context_side(*boxes[0][2:]) / EXEMPLAR
        np.testing.assert_allclose(got[1], box, rtol=0, atol=1.5 * cell)


@built
def test_the_exported_file_runs_in_go(tmp_path):
    torch.manual_seed(0)
    net = SiamFC(32, 0, TinyNet())
    net.set_scale(0.3, -3)
    path = str(tmp_path / "tiny.onnx")
    manifest = files.manifest(
        "tiny", "test", net.scale.item(), net.bias.item(), Loop(), {"uncertain": 0.5, "lost": 0.0}
    )
    files.write(Branch(net), manifest, path)
    got, images, boxes = go_boxes(tmp_path, path, 300, 10)
    want, _ = follow(open_tracker(path), images, boxes[0])
    assert got.shape == (10, 4) and np.isfinite(got).all()
    # An untrained map is flat: rounding the crop to whole grey levels moves its peak by a few steps of 0.4 pixels, and
    # the next frame begins from there. So the first update is what can be compared.
    np.testing.assert_allclose(got[:2], want[:2], atol=2)
