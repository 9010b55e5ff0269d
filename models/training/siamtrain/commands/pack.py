"""python -m siamtrain pack: decodes data once, for the box network's training."""

HELP = "decode data into one store, for the box network's training"


def configure(parser):
    parser.add_argument(
        "--data", action="append", required=True, metavar="PATH", help="data in any layout that is read; repeatable"
    )
    parser.add_argument("--out", required=True, metavar="STORE", help="folder; uncompressed frames take 0.4 MB each")
    parser.add_argument("--longest", type=int, default=640, help="longest side of a frame, in pixels (640)")


def run(args):
    from siamtrain.data import store

    store.pack(args.data, args.out, args.longest)
