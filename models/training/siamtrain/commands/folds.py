"""python -m siamtrain folds: which of several settings to take, by cross-validation over targets, from raw boxes."""

HELP = "choose among settings inside folds over targets, and report what the choice keeps on targets held out"


def configure(parser):
    parser.add_argument(
        "settings",
        nargs="+",
        metavar="NAME=DIR",
        help="boxes of a setting as `track bench` writes them, DIR/SEQUENCE.txt; gains are over the first",
    )
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="PATH",
        help="annotated sequences in the OTB layout; repeatable",
    )
    parser.add_argument("--names", metavar="FILE", help="only the sequences that a file names, one a line")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=DIR", help="boxes to report beside; repeatable"
    )
    parser.add_argument("--folds", type=int, default=5, metavar="K", help="folds (5)")
    parser.add_argument("--repeats", type=int, default=20, metavar="R", help="partitions into folds (20)")
    parser.add_argument("--by", choices=("auc", "p20", "sr50"), default="auc", help="the figure that chooses (auc)")
    parser.add_argument(
        "--careful", action="store_true", help="choose the first setting within one standard error of the best"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the first partition, which is shown whole (0)")


def run(args):
    import numpy as np

    from siamtrain.checks import folds
    from siamtrain.data.readers import otb
    from siamtrain.errors import DataError

    for option, least in (("folds", 2), ("repeats", 1)):
        if getattr(args, option) < least:
            raise DataError(f"--{option} {getattr(args, option)}: at least {least} is expected")
    tracks = otb.named([t for path in args.data for t in otb.read(path, raw=True).tracks], args.names)
    named = [_part(s) for s in args.settings]
    names = [name for name, _ in named]
    scores = np.array([folds.read_scores(folder, tracks) for _, folder in named])
    peers = [(name, folds.read_scores(folder, tracks)) for name, folder in map(_part, args.peer)]
    scenes, by = [t.scene for t in tracks], folds.FIGURES.index(args.by)
    outcomes = [
        folds.validate(scores, folds.deal(scenes, args.folds, args.seed + r), by, args.careful)
        for r in range(args.repeats)
    ]
    print(folds.table(names, scores, outcomes[0], peers))
    for name, figures in zip(names[1:], scores[1:]):
        said = folds.paired(figures[:, 0], scores[0][:, 0], [o.fold for o in outcomes])
        print(f"{name} over {names[0]}: {said}")
    if args.repeats > 1:
        means = np.array([o.held.mean(0) for o in outcomes])
        parts = zip(folds.FIGURES, means.mean(0), means.std(0, ddof=1))
        figures = ", ".join(f"{name} {mean:.3f} +- {error:.3f}" for name, mean, error in parts)
        print(f"{args.repeats} partitions, held out: {figures}")
        taken = np.bincount([c for o in outcomes for c in o.chosen], minlength=len(names))
        print("chosen: " + ", ".join(f"{n} {c / taken.sum():.0%}" for n, c in zip(names, taken) if c))


def _part(text):
    """(name, folder) of NAME=DIR; a folder alone has its own name."""
    import os

    name, equals, folder = text.partition("=")
    return (name, folder) if equals else (os.path.basename(os.path.normpath(text)), text)
