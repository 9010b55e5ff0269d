#!/usr/bin/env bash
# Fuzzes every Fuzz function of the module, one after the other: scripts/fuzz.sh [TIME]   (default 60s each)
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
time=${1:-60s}
grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:[0-9]*:func / /' | sort | while read -r file name; do
	echo "fuzz: $(dirname "$file") $name for $time"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$(dirname "$file")" </dev/null
done
