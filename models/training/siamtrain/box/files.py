"""Writes a trained box network as the ONNX files that are shipped: fp32, and int8 for CPUs with VNNI."""

import os

import numpy as np
import torch

from siamtrain.box.network import Exported
from siamtrain.data import crop
from siamtrain.file import export, quantise
from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE, OnnxModel

OUTPUTS = ("features", "response", "sides")
ABOUT = "box network on dense convolutions, distilled from FEAR-XS and NanoTrack v3"
CALIBRATION_PAIRS = 96


def manifest(loop, state, figures=None, name="siamtrack", about=ABOUT, side=SEARCH, sweep=0):
    """The manifest of a box network.

    loop is a loop.box.Loop, state the thresholds of the Go program, side that of its search crop, sweep that of
    the crops in which a lost target is looked for over the whole frame (0: the same).

    The network sees only part of what it saw in training where side is less than SEARCH, and takes less time for it.
    """
    return {
        "format": 1,
        "name": name,
        "kind": "box",
        "layout": "siamtrack",
        "about": about,
        "licence": "Apache-2.0",
        "figures": figures or {},
        "exemplar": {"size": EXEMPLAR, "context": 0.5},
        "search": {"size": side, **({"sweep": sweep} if sweep else {})},
        "grid": {"size": side // STRIDE, "stride": STRIDE, "origin": -side // 2},
        "input": {"order": "rgb", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "loop": loop.manifest(),
        "state": state,
    }


def write(net, about, path):
    """Exports a BoxNet to one fp32 file with the manifest `about` and checks it on both sizes of crop.

    Returns the file's SHA-256.
    """
    module = Exported(net.eval()).eval()
    axes = {2: "height", 3: "width"}

    def inputs(size, seed):
        noise = torch.Generator().manual_seed(seed)
        exemplar = torch.randn(1, net.width, EXEMPLAR // STRIDE, EXEMPLAR // STRIDE, generator=noise)
        return {"image": torch.rand(1, 3, size, size, generator=noise) * 255, "exemplar": exemplar}

    sha = export.write(module, inputs(SEARCH, 0), OUTPUTS, {k: axes for k in ("image", *OUTPUTS)}, about, path)
    for size in (SEARCH, EXEMPLAR):
        export.verify(path, module, inputs(size, 1))
    return sha


def write_int8(source, pairs, about, path):
    """Quantises the fp32 file `source` with the ranges of real pairs (box.pairs.Pair); the SHA-256 of the new file."""
    model = OnnxModel(source)
    feeds = ({"image": crop.planar([p.search]), **model.exemplar(p.exemplar)} for p in pairs)
    part = f"{path}.part"
    quantise.quantise(source, part, feeds)
    export.set_manifest(part, about)
    os.replace(part, path)
    return export.digest(path)


def differences(first, second, pairs):
    """How far two files are apart on real pairs.

    Mean difference of the response, and of the best cell's sides in crop pixels.
    """
    a, b = OnnxModel(first), OnnxModel(second)
    margin = (SEARCH - a.side) // 2
    responses, sides = [], []
    for pair in pairs:
        (ra, sa), (rb, sb) = (
            m.locate(m.exemplar(pair.exemplar), pair.search[margin : SEARCH - margin, margin : SEARCH - margin])
            for m in (a, b)
        )
        best = np.unravel_index(int(ra.argmax()), ra.shape)
        responses.append(np.abs(ra - rb).mean())
        sides.append(np.abs(sa[:, best[0], best[1]] - sb[:, best[0], best[1]]).mean())
    return float(np.mean(responses)), float(np.mean(sides))
