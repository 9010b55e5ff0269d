"""python -m siamtrain trainmarked: trains the default network, in several sizes at once, on a GPU or a CPU."""

HELP = "train marked networks from tars that `bundle` wrote, several at once, on a GPU where there is one"


def configure(parser):
    configure_stream(parser, plans="m", batch=512, reuse=2, rate=2e-3, thin=1, per_clip=12, save=60.0, whole=True)
    parser.add_argument(
        "--data", action="append", default=[], metavar="PATH", help="bundle it first, as `bundle` does; repeatable"
    )
    parser.add_argument("--tracks", metavar="FILE.csv", help="tracks on the clips among --data, as of `bundle`")
    parser.add_argument(
        "--export", metavar="DIR", help="then write PLAN.onnx and PLAN-fp32.onnx there, as `exportmarked` does"
    )
    parser.add_argument("--begin", default="", metavar="FILE.pt", help="weights to begin from, as far as they fit")
    parser.add_argument(
        "--features", type=float, default=0.0, metavar="SECONDS", help="learn the teachers' features first (0)"
    )


def _configure_machine(parser, save):
    """Where a run computes, and what it leaves behind."""
    parser.add_argument(
        "--device", choices=("auto", "cuda", "cpu"), default="auto", help="auto: a GPU where PyTorch finds one"
    )
    parser.add_argument(
        "--precision",
        choices=("auto", "bf16", "fp32"),
        default="auto",
        help="auto: bf16 where it is computed in",
    )
    parser.add_argument("--threads", type=int, default=0, help="of a CPU (PyTorch's)")
    parser.add_argument("--save", type=float, default=save, metavar="SECONDS", help=f"between saves ({save:g})")
    parser.add_argument("--report", type=float, default=20.0, metavar="SECONDS", help="between lines of the log (20)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")


def configure_stream(parser, plans, batch, reuse, rate, thin, per_clip, save, whole=False):
    """What trainmarked and trainhead have in common, with their own defaults; whole: tars may be made first."""
    parser.add_argument(
        "--inbox",
        required=not whole,
        metavar="DIR",
        help="folder of tars, which may still be on their way" + (", or which --data are put into (OUT/tars)" * whole),
    )
    parser.add_argument(
        "--parts", type=int, default=0, help="tars to wait for before pairs begin (those that are there)"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="weights, PLAN.pt, checkpoint, log and curve")
    parser.add_argument(
        "--teachers", default="", metavar="DIR", help="folder with fear_track.onnx and nano3_*.onnx; without: labels"
    )
    parser.add_argument("--plans", default=plans, metavar="PLAN,...", help=f"networks: s, m, l, tiny ({plans})")
    parser.add_argument(
        "--seconds", type=float, default=600.0, help="of the clock until the rate has fallen to its end (600)"
    )
    parser.add_argument("--batch", type=int, default=batch, help=f"pairs ({batch})")
    parser.add_argument("--reuse", type=int, default=reuse, help=f"times each batch is used ({reuse})")
    parser.add_argument("--rate", type=float, default=rate, help=f"learning rate ({rate:g})")
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="NAME=PART",
        help="of a kind of track (still, video, pseudo, calm) or of a change, see marked.pairs.Shares; repeatable",
    )
    parser.add_argument("--capacity", type=int, default=0, metavar="FRAMES", help="of the store (what memory holds)")
    parser.add_argument("--thin", type=int, default=thin, metavar="N", help=f"keep each N-th frame of clips ({thin})")
    parser.add_argument(
        "--per-clip", type=int, default=per_clip, help=f"pseudo-tracks tried a clip, with teachers ({per_clip})"
    )
    parser.add_argument("--pseudo-seconds", type=float, default=40.0, help="limit of their making (40)")
    parser.add_argument(
        "--held",
        action="append",
        default=[],
        metavar="NAME",
        help="sequences whose names hold it are validated on; repeatable (a tenth of the annotated ones)",
    )
    parser.add_argument("--probe", default="", metavar="FILE.npz", help="crops that `probe --pack` wrote, to look at")
    _configure_machine(parser, save)


# Options that are settings by the same name.
STREAM = (
    *("inbox", "parts", "out", "teachers", "begin", "seconds", "batch", "reuse", "rate", "capacity", "thin"),
    *("per_clip", "pseudo_seconds", "probe", "device", "precision", "seed", "report", "save", "resume"),
)


def stream_settings(args, shares):
    """The settings in common as keywords; shares (marked.pairs.Shares) are changed as --share says."""
    from siamtrain.marked.network import PLANS
    from siamtrain.marked.pairs import shares_with

    plans = tuple(args.plans.split(","))
    unknown = [p for p in plans if p not in PLANS]
    _check(not unknown, f"--plans {args.plans}: the plans are {', '.join(PLANS)}")
    for option in ("batch", "reuse", "thin", "rate"):
        _check(getattr(args, option) > 0, f"--{option} {getattr(args, option)}: above 0 is expected")
    _check(args.batch > 1, "--batch 1: normalisation needs two pairs at least")
    if args.threads:
        import torch

        torch.set_num_threads(args.threads)
    settings = {name: getattr(args, name) for name in STREAM}
    return {**settings, "plans": plans, "held": tuple(args.held), "shares": shares_with(shares, args.share)}


def _check(right, message):
    from siamtrain.errors import DataError

    if not right:
        raise DataError(message)


def run(args):
    import os

    from siamtrain.marked import train
    from siamtrain.marked.pairs import Shares

    _check(args.inbox or args.data, "--inbox DIR of tars, or --data PATH to make them of, is expected")
    _check(args.data or not args.tracks, "--tracks: of clips among --data, of which there are none")
    args.inbox = args.inbox or os.path.join(args.out, "tars")
    settings = train.Settings(**stream_settings(args, Shares()), features=args.features)
    if args.data and not args.resume:
        _bundle(args)
    trainer = train.Trainer(settings)
    try:
        trainer.run()
    finally:
        trainer.close()
    if args.export:
        _export(settings, args.export)


def _bundle(args):
    from siamtrain.commands.bundle import LIMIT
    from siamtrain.marked import bundle

    bundle.write(args.data, args.inbox, int(LIMIT * 2**20), args.tracks)


def _export(settings, folder):
    import os

    from siamtrain.commands.exportmarked import write

    os.makedirs(folder, exist_ok=True)
    for plan in settings.plans:
        write(os.path.join(settings.out, f"{plan}.pt"), settings.inbox, os.path.join(folder, f"{plan}.onnx"))
