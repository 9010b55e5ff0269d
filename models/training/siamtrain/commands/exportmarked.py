"""python -m siamtrain exportmarked: a trained marked network as ONNX, fp32 and int8, with its loop's parameters."""

HELP = "export a trained marked network: fp32 and int8 files with a manifest"


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
    parser.add_argument("--pairs", type=int, default=96, help="for the ranges (96)")
    parser.add_argument("--capacity", type=int, default=1200, metavar="FRAMES", help="of tars that are read (1200)")
    parser.add_argument("--seed", type=int, default=3, help="of what is drawn at random (3)")


def run(args):
    import logging
    import os

    from siamtrain.file import export
    from siamtrain.marked import calibrate, files, student

    net, seen = student.load_network(args.weights)
    logging.info("%s: plan %s, %s", args.weights, net.plan, seen)
    name = args.name or os.path.splitext(os.path.basename(args.out))[0]
    about = export.changed(files.manifest(name), args.set)
    batch = calibrate.pairs(args.inbox, args.pairs, args.capacity, args.seed)
    full = "-fp32".join(os.path.splitext(args.out))
    for path, sha in (
        (full, files.write(net, about, full)),
        (args.out, files.write_int8(full, batch, about, args.out)),
    ):
        logging.info("%s: %.2f MB, sha256 %s", path, os.path.getsize(path) / 1e6, sha)
    logging.info("int8 against fp32: response %.4f, sides %.3f pixels", *files.differences(full, args.out, batch))
