"""Static quantisation of the box network to int8 (QDQ, weights per channel), calibrated on real crops."""

import os
import tempfile

import onnx
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

QUANTISED = ("Conv", "Relu", "Concat")
LEAST_OUTPUTS = 8  # the last convolutions, of 1 and 4 channels, stay in fp32: they are cheap and decide the box


class _Feeds(quantization.CalibrationDataReader):
    def __init__(self, feeds):
        self._feeds = iter(feeds)

    def get_next(self):
        return next(self._feeds, None)


def _kept(path):
    """Names of the convolutions that stay in fp32.

    They are those with a run-time kernel (the correlation) and the thin last ones.
    """
    graph = onnx.load(path).graph
    shapes = {i.name: i.dims for i in graph.initializer}
    return [n.name for n in graph.node if n.op_type == "Conv" and shapes.get(n.input[1], (0,))[0] < LEAST_OUTPUTS]


def quantise(source, target, feeds):
    """Writes the int8 version of `source` to `target`.

    feeds are dicts of the network's inputs, for the ranges of activations.

    Weights have 7 bits: without VNNI a CPU adds two products in 16 bits, which 8-bit weights overflow. So the file
    gives the same on every CPU. Metadata are not copied; export.set_manifest puts them in.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.onnx")
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            target,
            _Feeds(feeds),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            reduce_range=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
            nodes_to_exclude=_kept(prepared),
            extra_options={"ActivationSymmetric": False},
        )
