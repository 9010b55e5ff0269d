#!/usr/bin/env bash
# Runs a benchmark on a Slurm cluster: a job array of N shares, and after it a job that joins them into OUT.
#
#   deploy/slurm/submit.sh DATASET OUT N [track bench's flags]
#
# TRACK names the program where it is not on PATH. It prints the numbers of both jobs.
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: $0 DATASET OUT N [track bench's flags]" >&2; exit 2; }
dataset=$(realpath "$1") out=$(realpath -m "$2") n=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"

array=$(DATASET=$dataset OUT=$out sbatch --parsable --array="0-$((n - 1))" --output="$out/shard-%a.log" "$here/bench.sbatch" "$@")
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes --job-name=track-merge --output="$out/merge.log" \
	--wrap="exec '${TRACK:-track}' bench merge '$out'/shard-*/ --out '$out/whole'")
echo "array $array, merge $merge, result $out/whole"
