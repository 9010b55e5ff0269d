"""Packed images: the graph gives what it gave before, bit for bit."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from siamtrain.file import export, packed

STEP = np.float32(1.0000004)


def quantised(strides=(4, 4), zero=0):
    """A quantised graph of one convolution over patches of four pixels."""
    noise = np.random.default_rng(5)
    values = {
        "step": STEP,
        "zero": np.uint8(zero),
        "weight_q": noise.integers(-64, 64, (48, 3, 4, 4), np.int8),
        "weight_scale": noise.uniform(1e-4, 1e-3, 48).astype(np.float32),
        "weight_zero": np.zeros(48, np.int8),
        "out_scale": np.float32(0.1),
        "out_zero": np.uint8(128),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["image", "step", "zero"], ["image_q"]),
        helper.make_node("DequantizeLinear", ["image_q", "step", "zero"], ["image_d"]),
        helper.make_node("DequantizeLinear", ["weight_q", "weight_scale", "weight_zero"], ["weight"], axis=0),
        helper.make_node("Conv", ["image_d", "weight"], ["conv"], kernel_shape=[4, 4], strides=strides, pads=[0] * 4),
        helper.make_node("QuantizeLinear", ["conv", "out_scale", "out_zero"], ["out_q"]),
        helper.make_node("DequantizeLinear", ["out_q", "out_scale", "out_zero"], ["out"]),
    ]
    shape = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 48, "rows", "columns"])
    weights = [numpy_helper.from_array(np.asarray(v), k) for k, v in values.items()]
    graph = helper.make_graph(nodes, "patches", [shape], [out], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)


def test_a_packed_graph_gives_the_same_bits():
    model, noise = quantised(), np.random.default_rng(1)
    plain = export.session(model.SerializeToString())
    assert packed.pack(model)
    assert not packed.pack(model), "it is packed already"
    small = export.session(model.SerializeToString())
    image = next(i for i in small.get_inputs() if i.name == "image")
    assert (image.type, image.shape[3]) == ("tensor(uint8)", 48)
    for size in (64, 96):
        # Sixteenths, among them many halves, which are rounded to even.
        crop = (noise.integers(0, 255 * 16 + 1, (1, 3, size, size)) / 16).astype(np.float32)
        want, got = (s.run(["out"], {"image": crop})[0] for s in (plain, small))
        assert want.std() > 1 and np.array_equal(want, got)


def test_what_cannot_be_packed_stays_as_it_is():
    for model in (quantised(strides=(2, 2)), quantised(zero=3)):
        before = model.SerializeToString()
        assert not packed.pack(model)
        assert model.SerializeToString() == before
    assert onnx.load_from_string(before).graph.input[0].type.tensor_type.elem_type == TensorProto.FLOAT
