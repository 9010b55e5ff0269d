#!/usr/bin/env bash
# What the program is made of:
#   scripts/supply.sh check                      known holes and the licences of all modules
#   scripts/supply.sh sbom FOLDER VERSION TIME   writes the SBOM (CycloneDX) of the program, libraries and models in a
#                                                folder that is to be an archive, of a time in seconds since 1970
#   scripts/supply.sh sums FOLDER                writes the checksums of all its files, for sha256sum and track doctor
# The tools are built into .deps/bin; where that cannot be done, `check` says so and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh

tool() { # NAME VERSION PACKAGE: prints the tool's path
	local path=.deps/bin/$1-$2
	if [ ! -x "$path" ]; then
		echo "supply: building $1 $2 into .deps/bin (some minutes, once)" >&2
		GOFLAGS=-trimpath GOBIN="$(cd .deps && pwd -P)/bin" nice go install "$3@$2" >&2 || return 1
		mv ".deps/bin/$1" "$path"
	fi
	echo "$path"
}
cyclonedx() { tool cyclonedx-gomod v1.10.0 github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod; }
govulncheck() { tool govulncheck v1.9.0 golang.org/x/vuln/cmd/govulncheck; }

# holes fails where code that we call has a known hole. The database is Go's own, asked over the network; GOVULNDB names
# another, such as file:///FOLDER of a copy. Where none can be read it says that nothing was looked for.
holes() {
	local program log status=0
	program=$(govulncheck) || { echo "supply: govulncheck does not install here" >&2; return 0; }
	log=$("$program" ${GOVULNDB:+-db "$GOVULNDB"} -tags "$SIAMTRACK_TAGS" ./... 2>&1) || status=$?
	case $status in
	0) ;;
	3) echo "$log" >&2; return 1 ;;
	*) echo "supply: known holes were NOT looked for (GOVULNDB=file:///FOLDER takes a copy of Go's vulnerability database):" \
		"$(tail -n 1 <<<"$log")" >&2 ;;
	esac
}

# licences prints a line a module, and fails where one has a licence that was not read and agreed to.
licences() {
	local program sbom
	program=$(cyclonedx) || { echo "supply: cyclonedx-gomod does not install here" >&2; return 0; }
	sbom=$(mktemp)
	"$program" mod -licenses -json -output "$sbom" . 2>/dev/null
	python3 - "$sbom" <<-'END' || { rm -f "$sbom"; return 1; }
	import json, sys

	agreed = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "BSD-Source-Code", "Apache-2.0", "ISC"}
	exceptions = {
	    "github.com/eclipse/paho.mqtt.golang": "EPL-2.0",  # or the BSD-like EDL-1.0, which is the one taken
	    "github.com/ajstarks/svgo": "CC-BY-4.0",  # asks that its author is named
	    "github.com/golang/freetype": "GPL-2.0-or-later",  # or the FreeType License, which is the one taken
	}
	wrong = 0
	for c in sorted(json.load(open(sys.argv[1]))["components"], key=lambda c: c["name"]):
	    found = c.get("licenses") or c.get("evidence", {}).get("licenses") or []
	    names = {l.get("license", {}).get("id") or l.get("license", {}).get("name") or l.get("expression") for l in found}
	    fine = names and (names <= agreed or names == {exceptions.get(c["name"])})
	    listed = ", ".join(sorted(map(str, names))) or "none found"
	    print(f"{c['name']} {c['version']}: {listed}{'' if fine else '  <- not agreed to'}")
	    wrong += not fine
	sys.exit(wrong > 0)
	END
	rm -f "$sbom"
}

# sbom describes a folder that is to be an archive: the program's modules, and the native libraries and models with it.
# It holds nothing of the moment or the machine that it was made on.
sbom() {
	local folder=$1 program
	program=$(cyclonedx)
	"$program" bin -licenses -json -noserial -notimestamp -version "$2" \
		-output "$folder/share/doc/siamtrack/sbom.cdx.json" "$folder/bin/track" 2>/dev/null
	python3 - "$folder" "$3" <<-'END'
	import datetime, hashlib, json, os, re, sys

	root = sys.argv[1]
	path = os.path.join(root, "share/doc/siamtrack/sbom.cdx.json")
	sbom = json.load(open(path))
	made = datetime.datetime.fromtimestamp(int(sys.argv[2]), datetime.timezone.utc)
	sbom["metadata"]["timestamp"] = made.strftime("%Y-%m-%dT%H:%M:%SZ")
	sbom["metadata"].pop("tools", None)
	for name in sorted(os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs):
	    library = re.search(r"\.(so|dylib)\b", name)
	    kind = "library" if library else "machine-learning-model" if name.endswith(".onnx") else None
	    if kind is None:
	        continue
	    version = re.search(r"[.-](\d+\.\d+\.\d+)", os.path.basename(name))
	    digest = hashlib.sha256(open(os.path.join(root, name), "rb").read()).hexdigest()
	    sbom["components"].append({
	        "bom-ref": "file:" + name, "type": kind, "name": os.path.basename(name),
	        "version": version.group(1) if version else "",
	        "hashes": [{"alg": "SHA-256", "content": digest}],
	    })
	json.dump(sbom, open(path, "w"), indent=1)
	END
}

# sums lists all files of such a folder but the list itself, by their names from the folder on.
sums() {
	local list=share/siamtrack/SHA256SUMS
	(cd "$1" && find . -type f ! -path "./$list" ! -name sums.part -printf '%P\n' | LC_ALL=C sort | tr '\n' '\0' |
		xargs -0 sha256sum) >"$1/sums.part"
	mv "$1/sums.part" "$1/$list"
}

case ${1:-} in
check) holes && licences ;;
sbom) sbom "${2:?the folder}" "${3:?the version}" "${4:?the time}" ;;
sums) sums "${2:?the folder}" ;;
*) echo "usage: scripts/supply.sh check | sbom FOLDER VERSION TIME | sums FOLDER" >&2; exit 2 ;;
esac
