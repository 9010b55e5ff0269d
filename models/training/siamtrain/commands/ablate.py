"""python -m siamtrain ablate: what each part of the head and each source of pairs gives, on frozen features."""

HELP = "compare heads without one part, or one source of pairs, each on one trained network's features"


def configure(parser):
    parser.add_argument("weights", metavar="FILE.pt", help="PLAN.pt of a run of trainmarked: its backbone")
    parser.add_argument("--inbox", required=True, metavar="DIR", help="folder of tars, as `bundle` writes them")
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="pairs and a row a head; it goes on from what is there"
    )
    parser.add_argument("--teachers", default="", metavar="DIR", help="as in trainmarked")
    parser.add_argument("--pairs", type=int, default=12000, help="drawn, the same for every head (12000)")
    parser.add_argument("--steps", type=int, default=1000, help="of each head (1000)")
    parser.add_argument("--batch", type=int, default=32, help="pairs (32)")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate (2e-3)")
    parser.add_argument("--seeds", type=int, default=3, help="of the whole head, for the spread (3)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="heads named so; repeatable (all)")
    parser.add_argument("--capacity", type=int, default=0, metavar="FRAMES", help="as in trainmarked")
    parser.add_argument("--thin", type=int, default=3, metavar="N", help="keep each N-th frame of clips (3)")
    parser.add_argument("--per-clip", type=int, default=0, help="as in trainmarked (0)")
    parser.add_argument("--pseudo-seconds", type=float, default=40.0, help="as in trainmarked (40)")
    parser.add_argument("--held", action="append", default=[], metavar="NAME", help="as in trainmarked; repeatable")
    parser.add_argument("--held-pairs", type=int, default=512, help="of held-back sequences, to measure on (512)")
    parser.add_argument("--share", action="append", default=[], metavar="NAME=PART", help="as in trainmarked")
    parser.add_argument("--probe", default="", metavar="FILE.npz", help="crops that `probe --pack` wrote")
    parser.add_argument(
        "--device", choices=("auto", "cuda", "cpu"), default="auto", help="auto: a GPU where PyTorch finds one"
    )
    parser.add_argument("--precision", choices=("auto", "bf16", "fp32"), default="auto", help="as in trainmarked")
    parser.add_argument("--threads", type=int, default=0, help="of a CPU (PyTorch's)")
    parser.add_argument("--seed", type=int, default=0, help="of the pairs (0)")


def run(args):
    import os

    import torch

    from siamtrain.errors import DataError
    from siamtrain.marked import ablate, student

    least = {"pairs": 1, "steps": 1, "batch": 2, "thin": 1, "seeds": 1, "held_pairs": 4}
    for option, at_least in least.items():
        if getattr(args, option) < at_least:
            name = option.replace("_", "-")
            raise DataError(f"--{name} {getattr(args, option)}: at least {at_least} is expected")
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    net, seen = student.load_network(args.weights)
    ablate.selected(net.plan, only=tuple(args.only))  # before pairs are drawn, which takes minutes
    os.makedirs(args.out, exist_ok=True)
    print(f"{args.weights}: plan {net.plan}, {seen}", flush=True)
    about = (args.pairs, args.steps, args.batch, args.rate, args.seeds, tuple(args.only), args.precision)
    settings = ablate.Settings(*about)
    print(ablate.table(_compare(args, net.requires_grad_(False), settings)))


def _compare(args, net, settings):
    import os

    import torch

    from siamtrain.marked import ablate
    from siamtrain.marked.pairs import Batch
    from siamtrain.marked.stream import device_of
    from siamtrain.marked.validate import Validation

    device, path = device_of(args.device), os.path.join(args.out, "pairs.pt")
    net = net.to(device).to(memory_format=torch.channels_last)
    if not os.path.exists(path):
        _draw(args, net, settings, device, path)
    saved = torch.load(path, map_location="cpu")
    held = [Batch(**{k: v.to(device) for k, v in batch.items()}) for batch in saved["held"]]
    validation = Validation(held, args.probe, device, args.precision)
    return ablate.run(ablate.Pool(saved["values"]), net, validation, settings, args.out, _say)


def _draw(args, net, settings, device, path):
    """Writes the pairs' features and held-back pairs; what the frames need in memory is free again afterwards."""
    import os

    import torch

    from siamtrain.marked import ablate
    from siamtrain.marked.pairs import Shares, shares_with
    from siamtrain.marked.stream import Settings, Stream
    from siamtrain.marked.validate import BATCHES, Validation

    names = ("inbox", "out", "teachers", "batch", "capacity", "thin", "per_clip", "pseudo_seconds", "precision", "seed")
    own = {name: getattr(args, name) for name in names}
    shares = shares_with(Shares(), args.share)
    stream = Stream(Settings(held=tuple(args.held), shares=shares, plans=(net.plan,), **own), device, _say)
    stream.gather()
    stream.complete()
    held = [vars(batch) for batch in Validation.of(stream, pairs=args.held_pairs // BATCHES).held]
    pool = ablate.Pool.draw(stream, net, settings.pairs, _say)
    torch.save({"values": pool.values, "held": held}, path + ".part")
    os.replace(path + ".part", path)


def _say(text):
    print(text, flush=True)
