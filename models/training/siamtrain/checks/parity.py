"""PyTorch's and ONNX Runtime's trackers of one exported file side by side, for the fixture of the Go parity test."""

import cv2
import numpy as np
import onnx
import torch

from siamtrain.classic import finetune
from siamtrain.classic.network import Branch
from siamtrain.data import crop
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop.box import STRIDE, BoxTracker, Loop, OnnxModel
from siamtrain.loop.peak import PeakTracker, open_tracker
from siamtrain.marked.graphs import ExemplarGraph, SearchGraph
from siamtrain.marked.network import PLANS, MarkedNet


def cut(path, box, count, margin):
    """(frames, box): every second of a video's first frames, cut to what lies within `margin` pixels of the box."""
    x, y = (max(0, int(v) - margin) for v in box[:2])
    capture, frames = cv2.VideoCapture(path), []
    for i in range(2 * count):
        ok, frame = capture.read()
        if not ok:
            raise DataError(f"{path}: frame {i} cannot be read, {2 * count} are needed")
        if i % 2 == 0:
            frames.append(frame[y : int(box[1] + box[3]) + margin, x : int(box[0] + box[2]) + margin].copy())
    capture.release()
    return frames, [box[0] - x, box[1] - y, *box[2:]]


def peak(path, about):
    """(PyTorch's tracker, ONNX Runtime's, crop to flat features) of a classic model."""
    net = finetune.load_onnx(path)
    branch, onnx_tracker = Branch(net.eval()), open_tracker(path)
    tracker = PeakTracker(branch.numpy, about["correlation"]["scale"], about["correlation"]["bias"], onnx_tracker.loop)
    return tracker, onnx_tracker, lambda patch: branch.numpy(crop.planar([patch])).ravel()


def weights_of(model):
    """An ONNX model's weights by name, as tensors."""
    return {name: torch.tensor(value) for name, value in export.weights_of(model).items()}


class TorchMarked:
    """The exported graphs of a marked network run by PyTorch, with the weights of their file: a model of loop.box."""

    def __init__(self, path, side):
        self.side, self.cells, self.origin = side, side // STRIDE, -side / 2
        apart = export.exemplar_graph(path)
        if apart is None:
            raise DataError(f"{path}: a box network without a mark, of earlier versions: it has no twin in PyTorch")
        search, exemplar = weights_of(onnx.load(path)), weights_of(onnx.load_from_string(apart))
        for plan in PLANS:
            net = MarkedNet(plan, search["seen_of.weight"].shape[0]).eval()
            self.search, self.apart = SearchGraph(net).eval(), ExemplarGraph(net).eval()
            own, other = self.search.state_dict(), self.apart.state_dict()
            if {k: v.shape for k, v in own.items()} == {k: v.shape for k, v in search.items()}:
                self.search.load_state_dict(search)
                self.apart.load_state_dict({**other, **exemplar})
                return
        raise DataError(f"{path}: its network is of no plan of marked.network; is it the fp32 file?")

    @torch.no_grad()
    def exemplar(self, image, mark=None):
        mark = np.zeros(4) if mark is None else mark
        found = self.apart(torch.from_numpy(crop.planar([image])), torch.tensor(np.asarray(mark, np.float32))[None])
        return dict(zip(ExemplarGraph.NAMES, found))

    @torch.no_grad()
    def features(self, image):
        return self.search.features(torch.from_numpy(crop.planar([image])))

    @torch.no_grad()
    def locate(self, kept, image):
        response, sides, _ = self.search(torch.from_numpy(crop.planar([image])), *kept.values())
        return response[0, 0].numpy(), sides[0].numpy()


def box(path, about):
    """(PyTorch's tracker, ONNX Runtime's, crop to flat features) of an fp32 box model."""
    loop, model = Loop.of(about), TorchMarked(path, about["search"]["size"])
    return (
        BoxTracker(model, loop),
        BoxTracker(OnnxModel(path), loop),
        lambda patch: model.features(patch).numpy().ravel(),
    )
