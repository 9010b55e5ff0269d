"""python -m siamtrain probe: whether box networks find their targets again long after the first frame."""

HELP = "the long-gap probe: exemplar of the first frame, crops about the truth through the sequence, no loop"


def configure(parser):
    parser.add_argument("models", nargs="*", metavar="MODEL.onnx", help="box models in this project's layout")
    parser.add_argument(
        "--peers", metavar="DIR", help="folder with nano2_*, nano3_* and fear_*.onnx, to measure beside"
    )
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="PATH",
        help="annotated sequences in the OTB layout; repeatable",
    )
    parser.add_argument(
        "--names", metavar="FILE", help="only the sequences that a file names, one a line, in its order"
    )
    parser.add_argument("--out", metavar="FILE.json", help="write IoU and response of every crop there")
    parser.add_argument(
        "--pack", metavar="FILE.npz", help="write the crops there, for --probe of trainmarked and trainhead"
    )


def run(args):
    import json
    import time

    from siamtrain.checks import probe
    from siamtrain.data.readers import otb
    from siamtrain.errors import DataError
    from siamtrain.loop import peers
    from siamtrain.loop.box import OnnxModel

    networks = {path: probe.Probed(OnnxModel(path)) for path in args.models}
    if args.peers:
        networks["NanoTrack v2"] = probe.Probed(peers.Nano(args.peers, 2))
        networks["NanoTrack v3"] = probe.Probed(peers.Nano(args.peers, 3))
        networks["FEAR-XS"] = probe.Probed(peers.FearBoxes(args.peers))
    if not networks and not args.pack:
        raise DataError("nothing to probe: name models, a folder with --peers, or a file with --pack")
    tracks = otb.named([t for path in args.data for t in otb.read(path, raw=True).tracks], args.names)
    if args.pack:
        probe.pack(tracks, args.pack)
    if not networks:
        return
    began, results = time.monotonic(), {name: {} for name in networks}
    for track in tracks:
        for name, found in probe.probe(networks, track).items():
            results[name][track.name] = found
    print(probe.table(results))
    print(f"{len(tracks)} sequences, {time.monotonic() - began:.0f} s")
    if args.out:
        raw = {
            name: {s: {"iou": f.iou.tolist(), "response": f.response.tolist()} for s, f in rows.items()}
            for name, rows in results.items()
        }
        with open(args.out, "w", encoding="utf-8") as file:
            json.dump(raw, file)
