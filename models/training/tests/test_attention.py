"""Attention in rows: the graph gives what it gave before, bit for bit."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from siamtrain.__main__ import main
from siamtrain.file import attention, export

NOISE = np.random.default_rng(3)
SHIFT = NOISE.normal(size=8).astype(np.float32)


def asking(axis=1, stride=1):
    """A graph that weighs 16 cells of an exemplar by keys of 24 numbers, and reads 8 of each."""
    sizes = {"query": [1, 24, "rows", "columns"], "keys": [16, 24, 1, 1], "values": [8, 16, 1, 1]}
    given = [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in sizes.items()]
    plain = dict(kernel_shape=[1, 1], group=1, pads=[0] * 4, strides=[stride] * 2)
    nodes = [
        helper.make_node("Conv", ["query", "keys"], ["logits"], "ask", **plain),
        helper.make_node("Softmax", ["logits"], ["weights"], "weigh", axis=axis),
        helper.make_node("Conv", ["weights", "values", "shift"], ["read"], "read", **plain),
        helper.make_node("Neg", ["read"], ["out"]),
    ]
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 8, "height", "width"])
    graph = helper.make_graph(nodes, "attention", given, [out], [numpy_helper.from_array(SHIFT, "shift")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", export.OPSET)], ir_version=7)


@pytest.mark.parametrize("rows, columns", [(16, 16), (24, 20)])
def test_rows_give_the_same_bits(rows, columns):
    model = asking()
    plain = export.session(model.SerializeToString())
    assert attention.by_rows(model)
    assert not attention.by_rows(model), "it is in rows already"
    assert not [n for n in model.graph.node if n.op_type == "Conv"]
    feeds = {
        "query": NOISE.normal(size=(1, 24, rows, columns)).astype(np.float32),
        "keys": NOISE.normal(size=(16, 24, 1, 1)).astype(np.float32),
        "values": NOISE.normal(size=(8, 16, 1, 1)).astype(np.float32),
    }
    want, got = (s.run(["out"], feeds)[0] for s in (plain, export.session(model.SerializeToString())))
    logits = np.einsum("kc,chw->khw", feeds["keys"][..., 0, 0], feeds["query"][0])
    weights = np.exp(logits) / np.exp(logits).sum(0)
    sums = np.einsum("vk,khw->vhw", feeds["values"][..., 0, 0], weights) + SHIFT[:, None, None]
    np.testing.assert_allclose(got[0], -sums, atol=1e-4)
    assert np.array_equal(want, got)


def test_what_is_no_such_attention_stays_as_it_is():
    for model in (asking(axis=2), asking(stride=2)):
        before = model.SerializeToString()
        assert not attention.by_rows(model)
        assert model.SerializeToString() == before


def test_renew_writes_an_older_file_anew(tmp_path, caplog):
    old, new = str(tmp_path / "old.onnx"), str(tmp_path / "new.onnx")
    onnx.save(asking(), old)
    assert main(["renew", old, "--out", new]) == 0
    assert not [n for n in onnx.load(new).graph.node if n.op_type == "Conv"]
    assert main(["renew", new, "--out", old]) == 1
    assert "nothing in it is of before" in caplog.text
