"""Packed images: how a quantised search graph takes its crop without quantising it and sorting its pixels itself.

The first convolution looks at patches that do not overlap. So the graph takes uint8 [1, rows, columns, p*p*3], a patch
a cell, row by row, the colours of a pixel together, and its first convolution is one of 1x1: the same products in the
same sums, a seventh of the time of a search pass saved.
"""

import math

import numpy as np
import onnx
from onnx import helper, numpy_helper

STEP_KEY = "siamtrack.step"  # grey levels that one of the numbers is worth, in a file's metadata
IMAGE = "image"


def pack(model):
    """Changes a quantised search graph so that it takes a packed image; False where it is none that can be."""
    graph = model.graph
    initializers = {i.name: i for i in graph.initializer}
    first = next((n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == IMAGE), None)
    back = only_reader(graph, first and first.output[0], "DequantizeLinear")
    conv = only_reader(graph, back and back.output[0], "Conv")
    if conv is None or numpy_helper.to_array(initializers[first.input[2]]) != 0:
        return False
    about = {a.name: a for a in conv.attribute}
    patch = about["kernel_shape"].ints[0]
    if {*about["kernel_shape"].ints, *about["strides"].ints} != {patch} or any(about["pads"].ints):
        return False
    weight = _quantised(graph, conv.input[1])
    old = numpy_helper.to_array(initializers[weight])
    new = np.ascontiguousarray(old.transpose(0, 2, 3, 1).reshape(len(old), -1, 1, 1))
    initializers[weight].CopyFrom(numpy_helper.from_array(new, weight))
    about["kernel_shape"].ints[:] = about["strides"].ints[:] = [1, 1]
    image = next(i for i in graph.input if i.name == IMAGE)
    shape = [1, "rows", "columns", 3 * patch * patch]
    image.CopyFrom(helper.make_tensor_value_info(IMAGE, onnx.TensorProto.UINT8, shape))
    sort = helper.make_node("Transpose", [IMAGE], [first.output[0]], perm=[0, 3, 1, 2], name="patches")
    graph.node.insert(list(graph.node).index(first), sort)
    graph.node.remove(first)
    del graph.value_info[:]  # of sizes that no longer hold
    entry = model.metadata_props.add()
    step = numpy_helper.to_array(initializers[first.input[1]])
    entry.key, entry.value = STEP_KEY, repr(float(step))
    onnx.checker.check_model(model)
    return True


def only_reader(graph, name, kind):
    """The one node that reads a value, where it is of a kind; None elsewhere."""
    readers = [n for n in graph.node if name and name in n.input]
    return readers[0] if len(readers) == 1 and readers[0].op_type == kind else None


def _quantised(graph, name):
    """The initializer behind a weight that is dequantised."""
    return next(n.input[0] for n in graph.node if name in n.output)


def levels(image, patch, step):
    """An image, float [1, 3, H, W] of grey levels, packed."""
    image = np.asarray(image, np.float32)
    _, _, height, width = image.shape
    whole = np.clip(np.rint(image[0] / np.float32(step)), 0, 255).astype(np.uint8)
    cells = whole.reshape(3, height // patch, patch, width // patch, patch).transpose(1, 3, 2, 4, 0)
    return np.ascontiguousarray(cells.reshape(1, height // patch, width // patch, -1))


class Session:
    """An ONNX Runtime session of a packed graph that is given images as any other."""

    def __init__(self, session, step):
        self._session, self._step = session, step
        width = next(i.shape[3] for i in session.get_inputs() if i.name == IMAGE)
        self._patch = math.isqrt(width // 3)

    def __getattr__(self, name):
        return getattr(self._session, name)

    def run(self, outputs, feeds, *rest):
        """As InferenceSession.run."""
        return self._session.run(outputs, self.packed(feeds), *rest)

    def packed(self, feeds):
        """The feeds as the graph takes them."""
        return {**feeds, IMAGE: levels(feeds[IMAGE], self._patch, self._step)}


def ready(session, outputs, feeds):
    """A function that runs the graph alone: its image was packed before, where it takes packed ones."""
    if isinstance(session, Session):
        session, feeds = session._session, session.packed(feeds)
    return lambda: session.run(outputs, feeds)


def opened(session):
    """The session, or one that packs its images where its graph takes packed ones."""
    image = next((i for i in session.get_inputs() if i.name == IMAGE), None)
    if image is None or image.type != "tensor(uint8)":
        return session
    return Session(session, float(session.get_modelmeta().custom_metadata_map[STEP_KEY]))
