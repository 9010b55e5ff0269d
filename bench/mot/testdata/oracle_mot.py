"""Scores the tracks beside this script with TrackEval and py-motmetrics and prints the figures as JSON.

usage: oracle_mot.py    (PyPI: trackeval 1.3.0, motmetrics 1.4.0)
py-motmetrics is given the boxes that TrackEval counts, since its own preparation is of MOT16 only.
"""

import contextlib
import json
import os
import sys
import tempfile

import motmetrics
import numpy as np
import trackeval

HERE = os.path.dirname(os.path.abspath(__file__))
SEQUENCES = {"street": 50, "hall": 40, "empty": 10}
TRACKERS = ["near", "far"]


def number(v):
    """A plain number; of a curve the mean, as TrackEval reports it."""
    return float(np.mean(v))


def of_trackeval(dataset):
    metrics = [
        trackeval.metrics.HOTA(),
        trackeval.metrics.CLEAR({"THRESHOLD": 0.5, "PRINT_CONFIG": False}),
        trackeval.metrics.Identity({"THRESHOLD": 0.5, "PRINT_CONFIG": False}),
    ]
    evaluator = trackeval.Evaluator(
        {
            "PRINT_CONFIG": False,
            "PRINT_RESULTS": False,
            "OUTPUT_SUMMARY": False,
            "OUTPUT_DETAILED": False,
            "PLOT_CURVES": False,
            "TIME_PROGRESS": False,
            "LOG_ON_ERROR": os.devnull,
        }
    )
    results, _ = evaluator.evaluate([dataset], metrics)
    figures = {}
    for tracker, sequences in results["MotChallenge2DBox"].items():
        figures[tracker] = {}
        for name, classes in sequences.items():
            merged = {k: number(v) for part in classes["pedestrian"].values() for k, v in part.items()}
            merged["curve"] = classes["pedestrian"]["HOTA"]["HOTA"].tolist()
            figures[tracker][name.replace("COMBINED_SEQ", "all")] = merged
    return figures


def of_motmetrics(dataset):
    figures = {}
    names = ["mota", "num_switches", "num_misses", "num_false_positives", "idf1", "idp", "idr", "motp"]
    for tracker in TRACKERS:
        accumulators = []
        for name in SEQUENCES:
            accumulator = motmetrics.MOTAccumulator(auto_id=True)
            raw = dataset.get_raw_seq_data(tracker, name)
            data = dataset.get_preprocessed_seq_data(raw, "pedestrian")
            for truth, said, overlaps in zip(
                data["gt_ids"], data["tracker_ids"], data["similarity_scores"], strict=True
            ):
                distances = 1 - overlaps
                distances[distances > 0.5] = np.nan
                accumulator.update(truth, said, distances)
            accumulators.append(accumulator)
        summary = motmetrics.metrics.create().compute_many(
            accumulators, metrics=names, names=list(SEQUENCES), generate_overall=True
        )
        figures[tracker] = {
            row.replace("OVERALL", "all"): {k: number(v) for k, v in values.items() if np.isfinite(v)}
            for row, values in summary.to_dict("index").items()
        }
    return figures


def main():
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as work:
        dataset = trackeval.datasets.MotChallenge2DBox(
            {
                "GT_FOLDER": os.path.join(HERE, "truth"),
                "TRACKERS_FOLDER": os.path.join(HERE, "tracks"),
                "OUTPUT_FOLDER": work,
                "TRACKERS_TO_EVAL": TRACKERS,
                "SKIP_SPLIT_FOL": True,
                "SEQ_INFO": SEQUENCES,
                "PRINT_CONFIG": False,
            }
        )
        figures = {"trackeval": of_trackeval(dataset), "motmetrics": of_motmetrics(dataset)}
    made = {"toolkit": "trackeval 1.3.0, motmetrics 1.4.0", "command": "oracle_mot.py", "figures": figures}
    json.dump(made, sys.stdout, indent=1)
    print()


main()
