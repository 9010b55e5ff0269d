"""Scores the results in vot/ beside this script, or VOT results of others, with pysot's toolkit; prints JSON.

usage: oracle_pysot.py                                 reset-based and long-term figures of vot/
       oracle_pysot.py VOT2018.json RESULTS TRACKER... figures of trackers' folders below RESULTS
pysot (STVIR/pysot d04028f) is no package: its toolkit has to be built and to be importable.
Pictures are not needed: their size is in the annotation file.
"""

import itertools
import json
import os
import sys

import numpy as np
from toolkit.datasets.vot import VOTDataset, VOTVideo
from toolkit.evaluation import AccuracyRobustnessBenchmark, EAOBenchmark, F1Benchmark

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vot")


class Videos(VOTDataset):
    """A dataset of videos that are made, not read."""

    def __init__(self, name, videos, root="", names=()):
        self.name, self.videos, self.tracker_path, self.tracker_names = name, videos, root, names


def video(name, truth, width, height):
    v = VOTVideo.__new__(VOTVideo)  # its constructor opens the pictures
    v.name, v.gt_traj, v.width, v.height, v.pred_trajs = name, truth, width, height, {}
    v.tags, v.confidence = {"all": [1] * len(truth)}, {}
    return v


def lines(path):
    with open(path) as f:
        return [[float(v) for v in line.strip().split(",")] for line in f]


def reset_based(dataset, name, interval=None):
    accuracy = AccuracyRobustnessBenchmark(dataset).eval(name)[name]
    eao = EAOBenchmark(dataset)
    if interval:
        eao.low, eao.high = interval
    overlaps = list(itertools.chain(*accuracy["overlaps"].values()))
    failures = np.sum(np.array(list(accuracy["failures"].values())), axis=0)
    return {
        "eao": float(eao.eval(name)[name]["all"]),
        "accuracy": float(np.nanmean(overlaps)),
        "robustness": float(np.mean(failures / len(overlaps)) * 100),
        "lost": float(np.mean(failures)),
    }


def long_term(dataset, name):
    result = F1Benchmark(dataset).eval(name)[name]
    precision, recall = (np.mean(list(result[k].values()), axis=0) for k in ("precision", "recall"))
    f1 = 2 * precision * recall / (precision + recall)
    best = np.nanargmax(f1)
    names = {"f_score": f1, "tracking_precision": precision, "tracking_recall": recall}
    return {name: float(values[best]) for name, values in names.items()}


def ours():
    videos, longterm = {}, {}
    for name in ("boxes", "polygons"):
        with open(os.path.join(HERE, "sequences", name, "sequence")) as f:
            about = dict(line.strip().split("=") for line in f)
        truth = [[0] if np.isnan(v[0]) else v for v in lines(os.path.join(HERE, "sequences", name, "groundtruth.txt"))]
        v = video(name, truth, int(about["width"]), int(about["height"]))
        track = os.path.join(HERE, "results", "T", "baseline", name, name + "_%03d.txt")
        v.pred_trajs["T"] = [lines(track % r) for r in (1, 2, 3)]
        videos[name] = v
        v = video(name, truth, int(about["width"]), int(about["height"]))
        track = os.path.join(HERE, "results", "T", "unsupervised", name, name + "_001")
        v.pred_trajs["T"] = lines(track + ".txt")
        with open(track + "_confidence.value") as f:
            v.confidence["T"] = [float("nan")] + [float(line) for line in f.readlines()[1:]]
        longterm[name] = v
    cut = {}  # one trajectory shorter than the truth, one longer, with a failure past its end
    for name, v in videos.items():
        cut[name] = video(name, v.gt_traj, v.width, v.height)
        track = v.pred_trajs["T"][0]
        cut[name].pred_trajs["T"] = [track[:40] if name == "boxes" else track + [[2.0], [0.0]]]
    return {
        "lengths": reset_based(Videos("small", cut), "T", (10, 40)),
        "baseline": reset_based(Videos("small", videos), "T", (10, 40)),
        "longterm": long_term(Videos("lt", longterm), "T"),
    }


def others(annotation, root, names):
    with open(annotation) as f:
        meta = json.load(f)
    videos = {n: video(n, m["gt_rect"], m["width"], m["height"]) for n, m in meta.items()}
    dataset = Videos(os.path.basename(annotation)[: -len(".json")], videos, root, names)
    return {name: reset_based(dataset, name) for name in names}


def main(args):
    figures = others(args[0], args[1], args[2:]) if args else ours()
    made = {"toolkit": "STVIR/pysot d04028f", "command": " ".join(["oracle_pysot.py", *args]), "figures": figures}
    json.dump(made, sys.stdout, indent=1)
    print()


main(sys.argv[1:])
