"""python -m siamtrain manifest: shows what a model's file says of itself, or writes a copy that says something else."""

HELP = "show a model's manifest, or write a copy of the model with other parameters"


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="any model with a manifest")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="loop.vote=0, search.sweep=384, ...; repeatable"
    )
    parser.add_argument("--out", metavar="FILE.onnx", help="the copy")


def run(args):
    import json
    import os
    import shutil

    from siamtrain.errors import DataError
    from siamtrain.file import export, ranges

    if bool(args.set) != bool(args.out):
        raise DataError("--set and --out belong together: what to change, and the file that has it changed")
    about = export.changed(export.manifest_of(args.model), args.set)
    if not args.out:
        print(json.dumps(about, indent=1))
        return
    ranges.check(about)
    part = f"{args.out}.part"
    shutil.copyfile(args.model, part)
    export.set_manifest(part, about)
    os.replace(part, args.out)
