#!/usr/bin/env bash
# Compares our scores and our TraX server with the field's own toolkits, from PyPI, each in an environment of its own
# under .deps/oracles (800 MB, a few minutes the first time).
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
oracles=$PWD/.deps/oracles

# environment NAME REQUIREMENT...: a virtual environment with exactly these, made anew when they change.
environment() {
	local dir=$oracles/$1 want
	shift
	want=$*
	if [ "$(cat "$dir/requirements" 2>/dev/null)" != "$want" ]; then
		rm -rf "$dir"
		python3 -m venv "$dir"
		"$dir/bin/pip" install --quiet "$@"
		printf '%s' "$want" >"$dir/requirements"
	fi
}

environment got10k got10k==0.1.3 six numpy==2.4.6 shapely==2.2.0
environment vot vot-toolkit==0.7.4 vot-trax==4.0.2 attributee==0.1.9
go build -o bin/track ./cmd/track
export SIAMTRACK_ORACLE_GOT10K=$oracles/got10k/bin/python SIAMTRACK_ORACLE_VOT=$oracles/vot/bin/python
export SIAMTRACK_TRACK=$PWD/bin/track
go test -count=1 -timeout 20m -tags "$SIAMTRACK_TAGS,heavy" -run '^TestOracle' ./bench/...
