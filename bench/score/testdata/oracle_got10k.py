"""Scores the results beside this script with the PyPI package got10k 0.1.3 and prints its report as JSON.

usage: oracle_got10k.py otb|uav|got10k
"uav" is the OTB experiment with UAV123's rule for frames without truth.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")

from got10k.datasets import OTB  # noqa: E402
from got10k.experiments import ExperimentGOT10k, ExperimentOTB, ExperimentUAV123  # noqa: E402


def lines(path):
    with open(path) as f:
        return sum(1 for _ in f)


def pictures(folder, frames, name):
    """Empty files, which the package only counts."""
    os.makedirs(folder, exist_ok=True)
    for i in range(frames):
        open(os.path.join(folder, name % (i + 1)), "w").close()


def benchmark(kind, root):
    """A copy of the truth with all that the package looks for."""
    shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), kind, "truth"), root)
    if kind == "got10k":
        for name in os.listdir(os.path.join(root, "val")):
            folder = os.path.join(root, "val", name)
            if os.path.isdir(folder):
                pictures(folder, lines(os.path.join(folder, "groundtruth.txt")), "%08d.jpg")
        return
    for name in os.listdir(root):
        truth = next(f for f in os.listdir(os.path.join(root, name)) if f.startswith("groundtruth"))
        frames = 80 if name == "Football1" else lines(os.path.join(root, name, truth))
        pictures(os.path.join(root, name, "img"), frames, "%04d.jpg")
    for name in OTB._OTB__version_dict[2015]:  # it wants a folder for every name before it looks into any
        os.makedirs(os.path.join(root, name), exist_ok=True)


def main(kind):
    work = tempfile.mkdtemp()
    root, reports = os.path.join(work, "truth"), os.path.join(work, "reports")
    results = os.path.join(os.path.dirname(os.path.abspath(__file__)), kind, "results")
    benchmark(kind, root)
    with contextlib.redirect_stdout(sys.stderr):
        if kind == "got10k":
            experiment = ExperimentGOT10k(root, subset="val", result_dir=results, report_dir=reports)
        else:
            experiment = ExperimentOTB(root, version=2015, result_dir=results, report_dir=reports)
            if kind == "uav":
                experiment._calc_metrics = lambda boxes, anno: ExperimentUAV123._calc_metrics(experiment, boxes, anno)
        experiment.plot_curves = lambda *args: None
        performance = experiment.report(["T"])
    shutil.rmtree(work)
    made = {"toolkit": "got10k 0.1.3", "command": "oracle_got10k.py " + kind, "figures": performance["T"]}
    json.dump(made, sys.stdout, indent=1)
    print()


main(sys.argv[1])
