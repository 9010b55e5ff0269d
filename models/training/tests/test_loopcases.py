"""The loop gives today what it gave when the cases that it shares with the Go program were written."""

import base64
import json
import os

import numpy as np
import pytest

from siamtrain.checks import loopcases
from siamtrain.loop import box

CASES = os.path.join(os.path.dirname(__file__), "..", "..", "..", "siamfc", "testdata", "loop-cases.json")


@pytest.fixture(scope="module")
def cases():
    with open(CASES, encoding="utf-8") as file:
        return json.load(file)


def test_the_constants_are_those_of_the_file(cases):
    assert loopcases.constants() == cases["constants"]


def test_the_recorded_maps_give_the_recorded_boxes(cases):
    assert len(cases["clips"]) == 4
    for clip in cases["clips"]:
        boxes, scores = loopcases.replay(clip)
        np.testing.assert_allclose(boxes, clip["boxes"], atol=1e-9, err_msg=clip["name"])
        np.testing.assert_allclose(scores, clip["scores"], atol=1e-12)


def test_the_clips_show_what_they_are_for(cases):
    shipped, plain, covered, thin = cases["clips"]
    views = len(box.VIEWS)
    assert len(shipped["looks"]) - len(shipped["boxes"]) == views and len(plain["looks"]) == len(plain["boxes"])
    search = covered["manifest"]["search"]
    assert {look["size"] for look in covered["looks"]} == {search["size"], search["calm"]}
    state = covered["manifest"]["state"]
    assert min(covered["scores"]) < state["lost"] and covered["scores"][-1] > state["uncertain"]
    assert min(thin["boxes"][-1][2:]) == cases["constants"]["least_side"]
    assert np.ptp(np.array(shipped["boxes"])[:, 0]) > 5


def test_another_loop_is_noticed(cases):
    clip = dict(cases["clips"][0], manifest=json.loads(json.dumps(cases["clips"][0]["manifest"])))
    clip["manifest"]["loop"]["size_rate"] = 0.5
    boxes, _ = loopcases.replay(clip)
    assert np.abs(boxes - clip["boxes"]).max() > 0.1


def test_values_are_in_the_steps_of_the_file():
    response, sides = loopcases.values(np.array([[65535, 0]], "<u2"), np.frombuffer(base64.b64decode("gAI="), "<u2"))
    assert response.tolist() == [[1.0, 0.0]] and sides.tolist() == [10.0]
