"""Teachers in batches: ONNX graphs run in torch give what ONNX Runtime gives; what is followed is followed right."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from shapes import disc

from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.marked import pseudo, teachers
from siamtrain.marked.frames import Store
from siamtrain.marked.onnxtorch import OPERATORS, Graph
from siamtrain.marked.pairs import Batch
from siamtrain.marked.parts import Clip, Part

CPU = torch.device("cpu")


def nodes_of(node, constant, weight, held):
    """The nodes of graph_of; constant(name, value, type) and weight(name, *shape) make its constants."""
    return [
        node("Constant", [], ["held"], value=held),
        node("Conv", ["x", weight("w1", 4, 3, 3, 3), weight("b1", 4)], ["a"], pads=[1, 0, 0, 1], strides=[2, 2]),
        node("Relu", ["a"], ["a1"]),
        node("Conv", ["a1", weight("w2", 4, 1, 3, 3)], ["d"], pads=[1, 1, 1, 1], group=4),
        node("HardSwish", ["d"], ["d1"]),
        node("Add", ["d1", "a1"], ["e"]),
        node("GlobalAveragePool", ["e"], ["g"]),
        node("HardSigmoid", ["g"], ["g1"], alpha=0.25, beta=0.4),
        node("Mul", ["e", "g1"], ["m"]),
        node("Mul", ["m", "held"], ["m1"]),
        # A depthwise correlation with the other input as the kernel.
        node("Reshape", ["z", constant("kernel", [4, 1, 3, 3], np.int64)], ["k"]),
        node("Conv", ["m1", "k"], ["c"], group=4),
        # A pixelwise one: the other input's cells times these.
        node("Reshape", ["z", constant("flat", [1, 4, 9], np.int64)], ["zf"]),
        node("Transpose", ["zf"], ["zt"], perm=[0, 2, 1]),
        node("Reshape", ["m1", constant("cells", [1, 4, 64], np.int64)], ["mf"]),
        node("MatMul", ["zt", "mf"], ["p"]),
        node("Reshape", ["p", constant("map", [1, 9, 8, 8], np.int64)], ["pm"]),
        node("Concat", ["pm", "m1"], ["cat"], axis=1),
        node("Sigmoid", ["cat"], ["s"]),
        node("Clip", ["cat", constant("low", -1.0), constant("high", 1.0)], ["cl"]),
        node("Exp", ["cl"], ["ex"]),
        node(
            "Slice",
            [
                "ex",
                *(
                    constant(n, v, np.int64)
                    for n, v in zip(("from", "to", "axes", "steps"), ([1, 2], [7, 8], [2, 3], [1, 2]))
                ),
            ],
            ["sl"],
        ),
        node("Reshape", ["g", constant("row", [1, 4], np.int64)], ["gr"]),
        node("Gemm", ["gr", weight("gw", 5, 4), weight("gb", 5)], ["gm"], transB=1),
    ]


def graph_of(path):
    """A small graph with every operator of OPERATORS, frozen at batch 1 as the teachers' are."""
    rng, made = np.random.default_rng(0), []

    def constant(name, value, dtype=np.float32):
        made.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def weight(name, *shape):
        return constant(name, rng.normal(0, 0.4, shape))

    held = numpy_helper.from_array(np.full((1, 1, 1, 1), 0.7, np.float32), "held")
    nodes = nodes_of(helper.make_node, constant, weight, held)
    made_names = {n.op_type for n in nodes} - {"Constant"}
    assert made_names == set(OPERATORS), "every operator is tried"
    given = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16]),
        helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 4, 3, 3]),
    ]
    wanted = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("c", "s", "sl", "gm")]
    model = helper.make_model(
        helper.make_graph(nodes, "g", given, wanted, made), opset_imports=[helper.make_opsetid("", 14)], ir_version=8
    )
    onnx.save(model, path)
    return path


def test_a_graph_in_torch_gives_what_onnx_runtime_gives_in_batches(tmp_path):
    path = graph_of(str(tmp_path / "g.onnx"))
    rng = np.random.default_rng(1)
    x, z = rng.normal(0, 1, (3, 3, 16, 16)).astype(np.float32), rng.normal(0, 1, (3, 4, 3, 3)).astype(np.float32)
    session = export.session(path)
    want = [session.run(None, {"x": a[None], "z": b[None]}) for a, b in zip(x, z)]
    found = Graph(path, CPU, torch.float32)(torch.from_numpy(x), torch.from_numpy(z))
    for number, output in enumerate(found):
        np.testing.assert_allclose(output.numpy(), np.concatenate([w[number] for w in want]), atol=1e-5, rtol=1e-5)
    part = Graph(path, CPU, torch.float32, ["e"])
    assert part.inputs == ["x"] and part(torch.from_numpy(x)).shape == (3, 4, 8, 8)


def test_an_unknown_operator_is_named(tmp_path):
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Tan", ["x"], ["y"])],
        "g",
        [value("x", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, [1])],
    )
    onnx.save(helper.make_model(graph), tmp_path / "t.onnx")
    with pytest.raises(DataError, match="Tan"):
        Graph(tmp_path / "t.onnx", CPU, torch.float32)


def test_without_teachers_a_lesson_is_the_labels():
    box, no = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8]]), torch.tensor([False, False])
    lesson = teachers.labels(Batch(None, None, None, box, ~no, torch.tensor([False, True]), no, None))
    assert torch.equal(lesson.target, box) and lesson.weight.tolist() == [1, 0]
    assert lesson.score is None and lesson.features == {} and lesson.exemplar is None


class Oracle:
    """Teachers that see a bright disc and box it, with a response of 0.95 at its cell; blind where there is none."""

    def exemplar(self, crops):
        return crops

    def search(self, crops):
        return crops

    def head(self, kept, crops):
        at = torch.arange(256) + 0.5
        light = (crops[:, 0] > 150).float()
        area = light.sum((1, 2)).clamp(min=1)
        x, y = (light.sum(1) * at).sum(1) / area, (light.sum(2) * at).sum(1) / area
        radius = (area / np.pi).sqrt()
        cells = torch.arange(15) * 16 + 15.5
        far = ((cells[None, None] - x[:, None, None]) ** 2 + (cells[None, :, None] - y[:, None, None]) ** 2).sqrt()
        score = 0.95 * torch.exp(-far / 60) * (area > 20)[:, None, None]
        boxes = torch.stack([x - radius, y - radius, x + radius, y + radius], -1)
        return score, boxes[:, None, None].expand(-1, 15, 15, -1)


RADIUS, PACE = 20.0, 4.0


@pytest.fixture()
def clip():
    """A store with one clip of a disc that moves to the right."""
    images = [disc(70 + PACE * t, 120, RADIUS) for t in range(24)]
    store = Store(24, CPU)
    store.add(Part(images, [Clip("c.mp4", 0, 24, 1.0)], []))
    return store


def truth(frames):
    frames = np.asarray(frames)
    side = np.full(len(frames), 2 * RADIUS)
    return np.stack([70 + PACE * frames - RADIUS, np.full(len(frames), 120 - RADIUS), side, side], 1)


def test_a_target_is_followed_through_a_clip(clip):
    index = torch.arange(24)[None]
    boxes, scores = pseudo.Follower(clip.frames, Oracle()).follow(index, torch.tensor(truth([0]), dtype=torch.float32))
    assert scores.min() > 0.6
    np.testing.assert_allclose(boxes[0].numpy(), truth(range(24)), atol=2.5)


def test_pseudo_tracks_are_those_that_come_back_to_where_they_began(clip, monkeypatch):
    """Half of the proposals are the disc, half lie beside it: the oracle boxes the disc, so they do not come back."""

    def proposals(frames, index, tries):
        box = torch.tensor(truth(index.tolist()), dtype=torch.float32)
        box[1::2, 1] += 30
        return box

    monkeypatch.setattr(pseudo, "edge_boxes", proposals)
    made, lively, tried = pseudo.make(clip, Oracle(), np.random.default_rng(0), per_clip=6, seconds=60, batch=6)
    assert (len(made), lively, tried) == (3, 3, 6)
    for _, frames, boxes in made:
        np.testing.assert_allclose(boxes, truth(frames), atol=2.5)
    assert set(clip.pools) == {"pseudo"} and len(clip.pools["pseudo"]) == 3


def test_a_folder_without_its_teachers_is_named(tmp_path):
    with pytest.raises(DataError, match="fear_track.onnx: no such file"):
        teachers.pack(str(tmp_path), str(tmp_path / "out"))
