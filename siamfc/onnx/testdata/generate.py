#!/usr/bin/env python3
"""Makes the tiny models that the tests of this package open: python3 generate.py (needs onnx and numpy).

Weights are seeded; what the networks say is of no use, their inputs, outputs and manifests are those of real models.
"""

import base64
import json
import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

OPSET, IR = 17, 8
RNG = np.random.default_rng(1)


def weights(name, *shape):
    return numpy_helper.from_array((RNG.standard_normal(shape) * 0.01).astype(np.float32), name)


def floats(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def manifest(kind, **more):
    base = dict(
        format=1,
        name="tiny-" + kind,
        kind=kind,
        layout="siamtrack",
        licence="Apache-2.0",
        exemplar=dict(size=64, context=0.5),
        search=dict(size=128),
        grid=dict(size=8, stride=16, origin=-64),
        input=dict(order="rgb", mean=[0, 0, 0], std=[1, 1, 1]),
        correlation={},
        loop=dict(window_influence=0.4, window="centred", penalty_k=0.1, size_rate=0.3),
        state=dict(uncertain=0.5, lost=0.2),
    )
    return {**base, **more}


def write(name, nodes, inputs, outputs, inits, meta, more=None):
    model = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, inits),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
    )
    if meta is not None:
        helper.set_model_props(
            model, {"siamtrack": meta if isinstance(meta, str) else json.dumps(meta), **(more or {})}
        )
    checker.check_model(model)
    save(model, name + ".onnx")


def box(name, meta, sides=4):
    nodes = [
        helper.make_node("Conv", ["image", "branch"], ["features"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("ReduceMean", ["exemplar"], ["kernel"], axes=[2, 3], keepdims=1),
        helper.make_node("Conv", ["features", "kernel"], ["logit"], kernel_shape=[1, 1]),
        helper.make_node("Sigmoid", ["logit"], ["response"]),
        helper.make_node("Conv", ["features", "side"], ["raw"], kernel_shape=[1, 1]),
        helper.make_node("Softplus", ["raw"], ["positive"]),
        helper.make_node("Mul", ["positive", "twenty"], ["sides"]),
    ]
    write(
        name,
        nodes,
        [floats("image", 1, 3, "H", "W"), floats("exemplar", 1, 4, "h", "w")],
        [
            floats("features", 1, 4, "fh", "fw"),
            floats("response", 1, 1, "rh", "rw"),
            floats("sides", 1, sides, "sh", "sw"),
        ],
        [
            weights("branch", 4, 3, 16, 16),
            weights("side", sides, 4, 1, 1),
            numpy_helper.from_array(np.float32(20), "twenty"),
        ],
        meta,
    )


def branch(name, meta):
    write(
        name,
        [helper.make_node("Conv", ["image", "branch"], ["features"], kernel_shape=[16, 16], strides=[8, 8])],
        [floats("image", "N", 3, "H", "W")],
        [floats("features", "N", 4, "h", "w")],
        [weights("branch", 4, 3, 16, 16)],
        meta,
    )


def embedding(name, meta):
    nodes = [
        helper.make_node("Conv", ["image", "branch"], ["features"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("GlobalAveragePool", ["features"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("LpNormalization", ["flat"], ["embedding"], axis=1, p=2),
    ]
    write(
        name,
        nodes,
        [floats("image", "N", 3, 64, 64)],
        [floats("embedding", "N", 4)],
        [weights("branch", 4, 3, 16, 16)],
        meta,
    )


PEAK = dict(
    exemplar=dict(size=64, context=0.5),
    grid=dict(size=9, stride=8, origin=-32),
    upsample=4,
    correlation=dict(scale=0.01, bias=-4),
    loop=dict(window_influence=0.176, scales=3, scale_step=1.0375, scale_penalty=0.9745, scale_rate=0.59),
)

box("box", manifest("box"))
branch("peak", manifest("peak", **PEAK))
embedding("embedding", manifest("embedding"))
box("without_manifest", None)
box("bad_manifest", '{"format": 1, "kind": "box"')
box("three_sides", manifest("box"), sides=3)
branch("box_without_response", manifest("box"))


def marked_box(name, meta):
    """One graph that is told the mark: the response is its width as a share of 64 pixels, everywhere."""
    nodes = [
        helper.make_node("Conv", ["image", "branch"], ["features"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("ReduceMean", ["exemplar"], ["kernel"], axes=[2, 3], keepdims=1),
        *share_of_mark("kernel"),
        *said("features"),
    ]
    write(
        name,
        nodes,
        [floats("image", 1, 3, "H", "W"), floats("exemplar", 1, 4, "h", "w"), floats("mark", 1, 4)],
        [floats("features", 1, 4, "fh", "fw"), *answers()],
        [weights("branch", 4, 3, 16, 16), weights("side", 4, 4, 1, 1), *numbers()],
        meta,
    )


def share_of_mark(kernel, width="width"):
    """Nodes for the width, [1,1,1,1]: (mark's x1 - x0) / 64, plus the kernel times zero, so that it is used."""
    return [
        helper.make_node("Gather", ["mark", "two"], ["x1"], axis=1),
        helper.make_node("Gather", ["mark", "zero"], ["x0"], axis=1),
        helper.make_node("Sub", ["x1", "x0"], ["wide"]),
        helper.make_node("Div", ["wide", "whole"], ["share"]),
        helper.make_node("Reshape", ["share", "square"], [width]),
    ]


def said(features, width="width"):
    """Nodes for "response", the width everywhere, and "sides", from the features and the kernel."""
    return [
        helper.make_node("Conv", [features, "kernel"], ["logit"], kernel_shape=[1, 1]),
        helper.make_node("Mul", ["logit", "nothing"], ["flat"]),
        helper.make_node("Add", ["flat", width], ["response"]),
        helper.make_node("Conv", [features, "side"], ["raw"], kernel_shape=[1, 1]),
        helper.make_node("Softplus", ["raw"], ["positive"]),
        helper.make_node("Mul", ["positive", "twenty"], ["sides"]),
    ]


def answers():
    return [floats("response", 1, 1, "rh", "rw"), floats("sides", 1, 4, "sh", "sw")]


def numbers():
    return [
        numpy_helper.from_array(np.array(v, t), n)
        for n, t, v in (
            ("zero", np.int64, [0]),
            ("two", np.int64, [2]),
            ("square", np.int64, [1, 1, 1, 1]),
            ("whole", np.float32, 64),
            ("nothing", np.float32, 0),
            ("twenty", np.float32, 20),
        )
    ]


def exemplar_graph(name, kernel="kernel", width="width"):
    """Of two graphs the one for the exemplar: its mean features and its mark's width, neither with a fixed shape."""
    nodes = [
        helper.make_node("Conv", ["image", "branch"], ["map"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("ReduceMean", ["map"], [kernel], axes=[2, 3], keepdims=1),
        *share_of_mark(kernel, width),
        helper.make_node("Identity", ["map"], ["unused"]),
    ]
    write(
        name,
        nodes,
        [floats("image", 1, 3, "H", "W"), floats("mark", 1, 4)],
        [floats(width, "a", "b", "c", "d"), floats(kernel, "a", "b", "c", "d"), floats("unused", 1, 4, "h", "w")],
        [weights("branch", 4, 3, 16, 16), *numbers()],
        None,
    )


def search_graph(name, meta, inside=None, width="width"):
    """Of two graphs the one for the search crop."""
    nodes = [
        helper.make_node("Conv", ["image", "branch"], ["features"], kernel_shape=[16, 16], strides=[16, 16]),
        *said("features", width),
    ]
    more = {"siamtrack.exemplar": base64.b64encode(open(inside, "rb").read()).decode()} if inside else None
    write(
        name,
        nodes,
        [floats(width, 1, 1, 1, 1), floats("image", 1, 3, "H", "W"), floats("kernel", 1, 4, 1, 1)],
        [floats("features", 1, 4, "fh", "fw"), *answers()],
        [weights("branch", 4, 3, 16, 16), weights("side", 4, 4, 1, 1), *numbers()],
        meta,
        more,
    )


marked_box("marked", manifest("box"))
exemplar_graph("two_exemplar")
search_graph("two", manifest("box", search=dict(size=128, wide=160)), "two_exemplar.onnx")
search_graph("two_beside", manifest("box", files=dict(exemplar="two_exemplar.onnx")))
exemplar_graph("other", "core")
search_graph("two_without_kernel", manifest("box"), "other.onnx")
os.remove("other.onnx")
# The mark's width as what is known of the surroundings, and a loop that takes new views.
exemplar_graph("other", width="around")
VIEWS = dict(window_influence=0.4, window="centred", refresh=2, refresh_share=0.25, refresh_around=0.5)
search_graph("two_around", manifest("box", loop=VIEWS), "other.onnx", width="around")
os.remove("other.onnx")
