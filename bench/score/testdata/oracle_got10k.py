"""Scores results with the PyPI package got10k 0.1.3 and prints its report as JSON.

usage: oracle_got10k.py otb|uav|got10k DATASET RESULTS TRACKER
RESULTS is what got10k calls result_dir; "uav" is the OTB experiment with UAV123's rule for frames without truth.
"""

import contextlib
import json
import os
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")

from got10k.datasets import OTB  # noqa: E402
from got10k.experiments import ExperimentGOT10k, ExperimentOTB, ExperimentUAV123  # noqa: E402


def main(kind, root, results, tracker):
    reports = tempfile.mkdtemp()
    with contextlib.redirect_stdout(sys.stderr):
        if kind == "got10k":
            experiment = ExperimentGOT10k(root, subset="val", result_dir=results, report_dir=reports)
        else:
            for name in OTB._OTB__version_dict[2015]:  # it wants a folder for every name before it looks into any
                os.makedirs(os.path.join(root, name), exist_ok=True)
            experiment = ExperimentOTB(root, version=2015, result_dir=results, report_dir=reports)
            if kind == "uav":
                experiment._calc_metrics = lambda boxes, anno: ExperimentUAV123._calc_metrics(experiment, boxes, anno)
        experiment.plot_curves = lambda *args: None
        performance = experiment.report([tracker])
    json.dump(performance[tracker], sys.stdout)


main(*sys.argv[1:])
