#!/usr/bin/env bash
# Fuzzes every Fuzz function of the module, one after the other: scripts/fuzz.sh [TIME [NAME]]
# TIME is for each, 2m where it is not given; NAME is a regexp of paths such as capture/FuzzVideo. Says in the end how
# often the targets were executed. What Go's fuzzer finds on the way it keeps in its cache; what is worth keeping for
# others lies in testdata/fuzz/ beside the targets.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
time=${1:-2m}
only=${2:-.}
executions=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# fuzz FOLDER NAME: once more where it was the machine that was late: Go's fuzzer then fails with no more than "context
# deadline exceeded" and names no input (golang.org/issue/75804), or calls an input hung that passes by itself.
fuzz() {
	local try runs input
	for try in 1 2 3; do
		if go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" "$1" </dev/null 2>&1 | tee "$log"; then
			runs=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
			[ -n "$runs" ] || echo "fuzz: $2: no time was left after the inputs that are known"
			executions=$((executions + ${runs:-0}))
			return 0
		fi
		input=$(sed -n 's/.*Failing input written to \(testdata.*\)/\1/p' "$log")
		if grep -q 'hung or terminated' "$log" && go test -count=1 -run "^$2\$/^${input##*/}\$" "$1"; then
			rm "$1/$input"
			echo "fuzz: try $try: $input passes by itself: the machine was late"
		elif ! grep -q '^ *context deadline exceeded$' "$log" || grep -q -E 'Failing input|panic' "$log"; then
			return 1
		else
			echo "fuzz: try $try: the fuzzer stopped late and found nothing"
		fi
	done
	return 1
}

while read -r file name; do
	[[ "${file%/*}/$name" =~ $only ]] || continue
	echo "fuzz: $(dirname "$file") $name for $time"
	fuzz "$(dirname "$file")" "$name"
done < <(grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:[0-9]*:func / /' | sort)
echo "fuzz: $executions executions"
