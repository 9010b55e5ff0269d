"""python -m siamtrain generate: fills the ring that trainbox reads."""

HELP = "make augmented crops or pairs with the teachers' outputs, until trainbox stops it or it is interrupted"
SHARES = {"crop": "still=0.6,video=0.4", "pair": "still=0.38,video=0.26,pseudo=0.36"}


def configure(parser):
    parser.add_argument("what", choices=("crop", "pair"), help="crop for the feature phase, pair for the other")
    parser.add_argument("--store", required=True, metavar="STORE", help="what `pack` wrote")
    parser.add_argument("--ring", required=True, metavar="DIR", help="folder in memory, such as /dev/shm/ring")
    parser.add_argument("--size", type=int, default=12000, help="samples in the ring (12000, 3.5 GB)")
    parser.add_argument("--teachers", required=True, metavar="DIR", help="folder with fear_track.onnx and nano3_*.onnx")
    parser.add_argument("--reuse", type=float, default=4.0, help="times the trainer uses a sample, about (4)")
    parser.add_argument(
        "--shares", metavar="KIND=PART,...", help=f"part of each kind of track (pairs: {SHARES['pair']})"
    )
    parser.add_argument(
        "--crowd", type=float, default=0.25, help="part of the pairs with a look-alike pasted beside the target (0.25)"
    )
    parser.add_argument(
        "--regions",
        type=float,
        default=0.15,
        help="part of the pairs that show any place, with the teacher's box (0.15)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def run(args):
    from siamtrain.box import distill
    from siamtrain.data import store

    shares = {k: float(v) for k, v in (part.split("=") for part in (args.shares or SHARES[args.what]).split(","))}
    ring = distill.Ring(args.ring, args.size)
    try:
        distill.Generator(
            store.Store(args.store), ring, args.teachers, args.store, shares, args.seed, args.crowd, args.regions
        ).run(args.what, args.reuse)
    except KeyboardInterrupt:
        pass
