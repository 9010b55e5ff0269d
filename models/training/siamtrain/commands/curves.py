"""python -m siamtrain curves: how runs went, as a picture."""

HELP = "draw the curves of runs as a PNG: what was measured on held-back data while they trained"


def configure(parser):
    parser.add_argument(
        "runs", nargs="+", metavar="DIR", help="folders of runs of train, trainmatch, trainmarked or trainhead"
    )
    parser.add_argument("--out", required=True, metavar="FILE.png", help="the file to write")


def run(args):
    import os

    from siamtrain.checks import plots
    from siamtrain.errors import DataError
    from siamtrain.fit.watch import read_curve

    runs = {}
    for folder in args.runs:
        path = os.path.join(folder, "curve.jsonl")
        if not os.path.exists(path):
            raise DataError(f"{path}: no such file; the folder of a run has its curve there")
        runs[folder] = read_curve(path)
    if not any(runs.values()):
        raise DataError(f"{', '.join(args.runs)}: nothing was measured yet")
    plots.curves(runs, args.out)
