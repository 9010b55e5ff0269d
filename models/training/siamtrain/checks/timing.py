"""CPU time of one search pass of several networks.

They take turns in one run, so that what else the machine does meets all of them alike.
"""

import os
import time

import numpy as np

from siamtrain.errors import DataError
from siamtrain.file import export, packed
from siamtrain.loop.box import EXEMPLAR, OnnxModel
from siamtrain.loop.peers import NANO_SEARCH

WARM_UP = 20


def own(path):
    """{name: one search pass, a function without arguments} of a box network in this project's layout.

    A pass is there for each size of crop in which the manifest has a target searched for that is not lost.
    """
    about = export.manifest_of(path)
    if about["kind"] != "box":
        raise DataError(f"{path}: a model of kind {about['kind']}; box networks are timed")
    model, noise, calm = OnnxModel(path), np.random.default_rng(0), about["search"].get("calm")
    kept = model.exemplar(noise.integers(0, 256, (EXEMPLAR, EXEMPLAR, 3), np.uint8), [32, 32, 96, 96])
    sides, found = {path: model.side}, {}
    if calm:
        sides[f"{path}, {calm} pixels"] = calm
    for name, side in sides.items():
        image = noise.uniform(0, 255, (1, 3, side, side)).astype(np.float32)
        found[name] = packed.ready(model.session, ["response", "sides"], {"image": image, **kept})
    return found


def nanotrack(folder, version):
    """The same of NanoTrack v2 or v3: search branch and head."""
    branch, head = (
        export.session(os.path.join(folder, f"nano{version}_{part}.onnx")) for part in ("backbone_x", "head")
    )
    noise = np.random.default_rng(0)
    image = noise.uniform(0, 255, (1, 3, NANO_SEARCH, NANO_SEARCH)).astype(np.float32)
    exemplar, search = (i.name for i in head.get_inputs())
    features = branch.run(None, {"input": image})[0]
    kept = noise.standard_normal((1, features.shape[1], 8, 8)).astype(np.float32)
    return lambda: head.run(None, {exemplar: kept, search: branch.run(None, {"input": image})[0]})


def turns(passes, runs):
    """Median CPU seconds of each of {name: function} over `runs` rounds in which each has one turn."""
    spent = {name: [] for name in passes}
    for k in range(WARM_UP + runs):
        for name, run in passes.items():
            begin = time.process_time()
            run()
            if k >= WARM_UP:
                spent[name].append(time.process_time() - begin)
    return {name: float(np.median(values)) for name, values in spent.items()}
