"""python -m siamtrain curves: draws what a run's log says, for a card."""

HELP = "draw the curves of box network runs as a PNG"


def configure(parser):
    parser.add_argument("runs", nargs="+", metavar="DIR", help="folders of runs, each with a log.jsonl")
    parser.add_argument("--out", required=True, metavar="FILE.png", help="the file to write")
    parser.add_argument(
        "--accuracy", action="append", default=[], metavar="PAIRS=AUC", help="a measured point to mark; repeatable"
    )


def run(args):
    import os

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from siamtrain.box.validate import CURVE as HELD
    from siamtrain.fit.watch import read_curve

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6))
    for folder in args.runs:
        rows = read_curve(os.path.join(folder, "log.jsonl"))
        seen = [row["crops"] + row["pairs"] for row in rows]
        for teacher, colour in (("fear", "tab:blue"), ("nano", "tab:orange")):
            left.plot(
                seen, [row[teacher] for row in rows], color=colour, label=teacher if folder == args.runs[0] else None
            )
        paired = [row for row in rows if "iou" in row]
        right.plot(
            [row["pairs"] for row in paired],
            [row["iou"] for row in paired],
            color="tab:green",
            label="mean IoU in training" if paired else None,
        )
        held = os.path.join(folder, HELD)
        if os.path.exists(held):
            rows = read_curve(held)
            right.plot(
                [row["pairs"] for row in rows],
                [row["held_iou"] for row in rows],
                color="tab:purple",
                label="IoU on held-back pairs",
            )
    left.set(xlabel="crops and pairs seen", ylabel="squared error to the teacher's features", ylim=(0, 1.1))
    points = sorted(tuple(map(float, point.split("="))) for point in args.accuracy)
    if points:
        right.plot(*zip(*points), "o-", color="tab:red", label="AUC, 13 development targets")
    right.set(xlabel="pairs seen", ylim=(0.4, 0.9))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.tight_layout()
    figure.savefig(args.out, dpi=100)
