"""Runs a teacher's ONNX graph in torch, in batches (the graphs are frozen at batch 1)."""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from siamtrain.errors import DataError


class Graph:
    """A graph's nodes with its constants on a device.

    Calling it with tensors in the order of its inputs gives its outputs. outputs names other tensors of the graph in
    place of its own; what they do not need, inputs too, is left out.
    """

    def __init__(self, path, device, dtype, outputs=None):
        graph = onnx.load(path).graph
        constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.outputs = outputs or [o.name for o in graph.output]
        needed, nodes = set(self.outputs), []
        for node in reversed(graph.node):
            if needed & set(node.output):
                needed |= set(node.input)
                nodes.insert(0, node)
        self.inputs = [i.name for i in graph.input if i.name not in constants and i.name in needed]
        self.nodes = []
        for node in nodes:
            if node.op_type != "Constant" and node.op_type not in OPERATORS:
                raise DataError(f"{path}: its operator {node.op_type} is not known here")
            about = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Constant":
                constants[node.output[0]] = numpy_helper.to_array(about["value"])
            else:
                self.nodes.append((node.op_type, list(node.input), node.output[0], about))
        self.constants = constants
        self.tensors = {
            k: torch.from_numpy(np.array(v)).to(device, dtype) for k, v in constants.items() if v.dtype.kind == "f"
        }
        for name, value in self.tensors.items():
            if value.dim() == 4:
                self.tensors[name] = value.contiguous(memory_format=torch.channels_last)
        last = {name: i for i, (_, inputs, _, _) in enumerate(self.nodes) for name in inputs}
        self.free = {}
        for name, i in last.items():
            if name not in constants and name not in self.outputs:
                self.free.setdefault(i, []).append(name)

    @torch.no_grad()
    def __call__(self, *inputs):
        values = dict(zip(self.inputs, inputs))
        for i, (kind, names, output, about) in enumerate(self.nodes):
            values[output] = OPERATORS[kind](self, values, names, about)
            for name in self.free.get(i, ()):
                values.pop(name, None)
        result = [values[name] for name in self.outputs]
        return result[0] if len(result) == 1 else result


def _get(graph, values, name):
    return values[name] if name in values else graph.tensors[name]


def _conv(graph, values, names, about):
    x, pads, strides = _get(graph, values, names[0]), about.get("pads", [0] * 4), about.get("strides", [1, 1])
    if pads[0] != pads[2] or pads[1] != pads[3]:
        x, pads = F.pad(x, (pads[1], pads[3], pads[0], pads[2])), [0] * 4
    padding = (pads[0], pads[1])
    if names[1] in graph.tensors:
        bias = _get(graph, values, names[2]) if len(names) > 2 else None
        return F.conv2d(x, graph.tensors[names[1]], bias, strides, padding, 1, about.get("group", 1))
    kernel = _get(graph, values, names[1])  # the exemplar
    n, c, height, width = kernel.shape
    flat = x.reshape(1, n * c, *x.shape[2:])
    y = F.conv2d(flat, kernel.reshape(n * c, 1, height, width), None, strides, padding, 1, n * c)
    return y.reshape(n, c, *y.shape[2:])


def _reshape(graph, values, names, _):
    x, shape = _get(graph, values, names[0]), [int(v) for v in graph.constants[names[1]]]
    if len(shape) == 4 and x.dim() == 4 and shape[0] not in (1, -1):
        return x  # a kernel's shape, which _conv gives it anyway
    return x.reshape(x.shape[0], *shape[1:])


def _slice(graph, values, names, _):
    x, (starts, ends, axes, steps) = _get(graph, values, names[0]), (graph.constants[k] for k in names[1:5])
    where = [slice(None)] * x.dim()
    for start, end, axis, step in zip(starts, ends, axes, steps):
        where[axis] = slice(int(start), int(end), int(step))
    return x[tuple(where)]


def _unary(function):
    return lambda graph, values, names, about: function(_get(graph, values, names[0]), about)


def _clip(graph, values, names, _):
    low, high = (float(graph.constants[k]) for k in names[1:3])
    return _get(graph, values, names[0]).clamp(low, high)


def _gemm(graph, values, names, about):
    weight = _get(graph, values, names[1])
    bias = _get(graph, values, names[2])
    return F.linear(_get(graph, values, names[0]), weight if about.get("transB") else weight.T, bias)


OPERATORS = {
    "Conv": _conv,
    "Reshape": _reshape,
    "Slice": _slice,
    "Clip": _clip,
    "Gemm": _gemm,
    "Relu": _unary(lambda x, _: F.relu(x)),
    "HardSwish": _unary(lambda x, _: F.hardswish(x)),
    "HardSigmoid": _unary(lambda x, a: (x * a.get("alpha", 0.2) + a.get("beta", 0.5)).clamp(0, 1)),
    "Sigmoid": _unary(lambda x, _: torch.sigmoid(x)),
    "Exp": _unary(lambda x, _: x.float().exp()),
    "GlobalAveragePool": _unary(lambda x, _: x.float().mean((2, 3), keepdim=True).to(x.dtype)),
    "Transpose": _unary(lambda x, a: x.permute(a["perm"])),
    "Add": lambda g, v, n, _: _get(g, v, n[0]) + _get(g, v, n[1]),
    "Mul": lambda g, v, n, _: _get(g, v, n[0]) * _get(g, v, n[1]),
    "MatMul": lambda g, v, n, _: _get(g, v, n[0]) @ _get(g, v, n[1]),
    "Concat": lambda g, v, n, a: torch.cat([_get(g, v, k) for k in n], a["axis"]),
}
