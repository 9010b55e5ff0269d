"""python -m siamtrain exportmarked: a trained marked network as ONNX, fp32 and int8, with its loop's parameters."""

HELP = "export a trained marked network: fp32 and int8 files with a manifest"
PAIRS, CAPACITY, SEED = 96, 1200, 3


def configure(parser):
    parser.add_argument("weights", metavar="FILE.pt", help="PLAN.pt of a run of trainmarked or trainhead")
    parser.add_argument(
        "--inbox", required=True, metavar="DIR", help="folder of tars whose pairs give the ranges of activations"
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE.onnx", help="the int8 file; the fp32 one is FILE-fp32.onnx"
    )
    parser.add_argument("--name", help="the model's name in its manifest (the file's)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="loop.vote=0, state.lost=0.2, search.sweep=384, ...; repeatable. `folds` helps to choose",
    )
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"for the ranges ({PAIRS})")
    parser.add_argument(
        "--capacity", type=int, default=CAPACITY, metavar="FRAMES", help=f"of tars that are read ({CAPACITY})"
    )
    parser.add_argument("--seed", type=int, default=SEED, help=f"of what is drawn at random ({SEED})")


def run(args):
    write(args.weights, args.inbox, args.out, args.name, args.set, args.pairs, args.capacity, args.seed)


def write(weights, inbox, out, name=None, settings=(), pairs=PAIRS, capacity=CAPACITY, seed=SEED):
    """Writes the int8 file `out` and the fp32 one beside it, as the command's options say."""
    import logging
    import os

    from siamtrain.file import export
    from siamtrain.marked import calibrate, files, student

    net, seen = student.load_network(weights)
    logging.info("%s: plan %s, %s", weights, net.plan, seen)
    about = export.changed(files.manifest(name or os.path.splitext(os.path.basename(out))[0]), settings)
    batch = calibrate.pairs(inbox, pairs, capacity, seed)
    full = "-fp32".join(os.path.splitext(out))
    for path, sha in ((full, files.write(net, about, full)), (out, files.write_int8(full, batch, about, out))):
        logging.info("%s: %.2f MB, sha256 %s", path, os.path.getsize(path) / 1e6, sha)
    logging.info("int8 against fp32: response %.4f, sides %.3f pixels", *files.differences(full, out, batch))
