"""Writes a marked network as the ONNX files that are shipped: fp32, and int8 for CPUs that multiply bytes.

A file holds the search graph, with the exemplar graph in its metadata: one model stays one file.
"""

import base64
import os
import tempfile

import numpy as np
import onnx
import torch

from siamtrain.file import attention, export, packed, quantise
from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE, Loop
from siamtrain.marked.graphs import ExemplarGraph, SearchGraph

OUTPUTS = ("response", "sides", "features")
ABOUT = "box network with a mark on dense convolutions, distilled from FEAR-XS and NanoTrack v3"
# Where the loop of a network begins that nothing has been measured of: that of siamtrack-s and siamtrack-l (their card
# has what each part gave). `siamtrain folds` chooses.
LOOP = Loop(
    window_influence=0.5,
    penalty_k=0.12,
    size_rate=0.4,
    window="centred",
    vote=3.0,
    calibration=0.5,
    told_rate=1.0,
    steady=0.3,
    refresh=5,
    refresh_share=0.2,
    refresh_around=0.6,
    refresh_score=0.9,
    calm_shift=24.0,
    calm=192,
)
STATE = {"uncertain": 0.6, "lost": 0.3, "patience": 3}
SWEEP = 384  # side of the crops in which a lost target is looked for over the whole frame


def manifest(name, loop=LOOP, state=None):
    """The manifest of a marked network: loop is a loop.box.Loop, state the thresholds of the Go program."""
    search = {"size": SEARCH, "sweep": SWEEP}
    if loop.calm:
        search["calm"] = loop.calm
    return {
        "format": 1,
        "name": name,
        "kind": "box",
        "layout": "siamtrack",
        "about": ABOUT,
        "licence": "Apache-2.0",
        "figures": {},
        "exemplar": {"size": EXEMPLAR, "context": 0.5},
        "search": search,
        "grid": {"size": SEARCH // STRIDE, "stride": STRIDE, "origin": -SEARCH // 2},
        "input": {"order": "rgb", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "loop": loop.manifest(),
        "state": state or STATE,
    }


def example(size, seed):
    """(an image of `size`, an exemplar's mark), made of noise."""
    noise = torch.Generator().manual_seed(seed)
    mark = torch.tensor([[32.0, 20.0, 96.0, 108.0]]) + torch.rand(1, 4, generator=noise) * 8
    return torch.rand(1, 3, size, size, generator=noise) * 255, mark


def write(net, about, path):
    """Exports a MarkedNet to one fp32 file with the manifest `about`; both graphs are checked against PyTorch."""
    exemplar, search = ExemplarGraph(net).eval(), SearchGraph(net).eval()
    image, mark = example(EXEMPLAR, 0)
    axes = {2: "height", 3: "width"}
    with tempfile.TemporaryDirectory() as folder:
        inside = os.path.join(folder, "exemplar.onnx")
        export.write(exemplar, {"image": image, "mark": mark}, exemplar.NAMES, {}, about, inside)
        export.verify(inside, exemplar, dict(zip(("image", "mark"), example(EXEMPLAR, 1))))
        with torch.no_grad():
            kept = dict(zip(exemplar.NAMES, exemplar(image, mark)))
        export.write(
            search,
            {"image": example(SEARCH, 2)[0], **kept},
            OUTPUTS,
            {k: axes for k in ("image", *OUTPUTS)},
            about,
            path,
        )
        model = onnx.load(path)
        attention.by_rows(model)
        onnx.save(model, path)
        for size in (SEARCH, SEARCH + 128):
            export.verify(path, search, {"image": example(size, 3)[0], **kept})
        onnx.save(export.halve(onnx.load(path)), path)
        put_exemplar(path, bare(export.halve(onnx.load(inside))))
    return export.digest(path)


def bare(model):
    """An exemplar graph's bytes without metadata."""
    del model.metadata_props[:]
    return model.SerializeToString()


def put_exemplar(path, data):
    """Stores the exemplar graph's bytes in the metadata of the search graph's file."""
    model = onnx.load(path)
    for old in [p for p in model.metadata_props if p.key == export.EXEMPLAR_KEY]:
        model.metadata_props.remove(old)
    entry = model.metadata_props.add()
    entry.key, entry.value = export.EXEMPLAR_KEY, base64.b64encode(data).decode()
    onnx.save(model, path)


def write_int8(source, batch, about, path):
    """Quantises both graphs of the fp32 file `source` with the ranges of a pairs.Batch; the new file's SHA-256."""
    with tempfile.TemporaryDirectory() as folder:
        full, small, plain = (os.path.join(folder, f"{name}.onnx") for name in ("full", "small", "plain"))
        onnx.save(export.unhalve(onnx.load_from_string(export.exemplar_graph(source))), full)
        onnx.save(export.unhalve(onnx.load(source)), plain)
        exemplars = [{"image": z[None].numpy(), "mark": m[None].numpy()} for z, m in zip(batch.exemplar, batch.mark)]
        session = export.session(full)
        kept = [dict(zip(ExemplarGraph.NAMES, session.run(list(ExemplarGraph.NAMES), e))) for e in exemplars]
        quantise.quantise(full, small, exemplars)
        part = f"{path}.part"
        quantise.quantise(plain, part, [{"image": x[None].numpy(), **k} for x, k in zip(batch.search, kept)])
        quantised = onnx.load(part)
        packed.pack(quantised)
        onnx.save(quantised, part)
        export.set_manifest(part, about)
        put_exemplar(part, bare(onnx.load(small)))
        os.replace(part, path)
    return export.digest(path)


def differences(first, second, batch):
    """How far two files are apart on a pairs.Batch: mean difference of the response, and of the best cell's sides."""

    def answers(path):
        exemplar, search = export.session(export.exemplar_graph(path)), export.session(path)
        for z, m, x in zip(batch.exemplar, batch.mark, batch.search):
            kept = exemplar.run(list(ExemplarGraph.NAMES), {"image": z[None].numpy(), "mark": m[None].numpy()})
            yield search.run(["response", "sides"], {"image": x[None].numpy(), **dict(zip(ExemplarGraph.NAMES, kept))})

    responses, sides = [], []
    for (ra, sa), (rb, sb) in zip(answers(first), answers(second)):
        best = np.unravel_index(int(ra.argmax()), ra.shape)[2:]
        responses.append(np.abs(ra - rb).mean())
        sides.append(np.abs(sa[0, :, best[0], best[1]] - sb[0, :, best[0], best[1]]).mean())
    return float(np.mean(responses)), float(np.mean(sides))
