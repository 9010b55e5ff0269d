"""Scores the results in vot/ beside this script with the VOT toolkit and prints the figures as JSON.

usage: oracle_vot.py    (PyPI: vot-toolkit 0.7.4, attributee 0.1.9)
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import cv2
import numpy as np

FIELDS = {  # of each experiment's analyses, in the stack's order
    "baseline": [["accuracy", "robustness"], ["eao"]],
    "realtime": [["accuracy", "robustness"], ["eao"]],
    "multistart": [["accuracy", "robustness"], ["eao"]],
    "unsupervised": [["accuracy"], ["tracking_precision", "tracking_recall", "f_score"]],
}


def main():
    work = os.path.join(tempfile.mkdtemp(), "work")
    shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vot"), work)
    for name in ("boxes", "polygons"):
        folder = os.path.join(work, "sequences", name)
        with open(os.path.join(folder, "sequence")) as f:
            about = dict(line.strip().split("=") for line in f)
        os.makedirs(os.path.join(folder, "color"))
        for i in range(int(about["length"])):
            picture = np.zeros((int(about["height"]), int(about["width"]), 3), np.uint8)
            cv2.imwrite(os.path.join(folder, about["channels.color"] % (i + 1)), picture)
    with open(os.path.join(work, "config.yaml"), "w") as f:
        f.write("registry: [./trackers.ini]\nstack: stack.yaml\nsequences: sequences\n")
    with open(os.path.join(work, "trackers.ini"), "w") as f:
        f.write("[T]\nlabel = T\nprotocol = trax\ncommand = none\n")
    command = ["analysis", "--workspace", work, "--format", "json", "--name", "figures", "T"]
    subprocess.run([sys.executable, "-m", "vot", *command], cwd=work, check=True, stdout=sys.stderr, timeout=480)
    with open(os.path.join(work, "analysis", "figures.json")) as f:
        results = json.load(f)["results"]
    figures = {}
    for experiment, analyses in FIELDS.items():
        figures[experiment] = {}
        for names, values in zip(analyses, results[experiment]["results"]):
            figures[experiment].update(zip(names, values[0]))
    shutil.rmtree(os.path.dirname(work))
    json.dump({"toolkit": "vot-toolkit 0.7.4", "command": "oracle_vot.py", "figures": figures}, sys.stdout, indent=1)
    print()


main()
