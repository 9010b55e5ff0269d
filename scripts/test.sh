#!/usr/bin/env bash
# Runs the tests that a user wants passed, in a virtual display so that the window's tests run too.
# Arguments go to `go test`; without any it tests every package.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
. .deps/env.sh
[ $# -gt 0 ] || set -- -timeout 9m ./...
# -noreset: between two windows the server would start anew, and refuse the next one meanwhile.
if command -v xvfb-run >/dev/null; then
	exec xvfb-run -a -s '-screen 0 1280x800x24 -noreset' go test "$@"
fi
echo "test: no xvfb-run, so the window's tests skip" >&2
exec go test "$@"
