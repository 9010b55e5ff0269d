#!/usr/bin/env bash
# What the program is made of: scripts/supply.sh check         known holes and the licences of all modules
#                          scripts/supply.sh release FOLDER    writes FOLDER/sbom.cdx.json (CycloneDX) of the program
#                                                              and the libraries in FOLDER, and FOLDER/SHA256SUMS
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

# release describes a folder that is to be an archive: the program's modules, and the native libraries beside it.
release() {
	local folder=$1 program
	program=$(cyclonedx)
	"$program" bin -licenses -json -output "$folder/sbom.cdx.json" \
		"$(find "$folder" -name track -type f | head -n 1)" 2>/dev/null
	python3 - "$folder" <<-'END'
	import hashlib, json, os, re, sys

	root = sys.argv[1]
	path = os.path.join(root, "sbom.cdx.json")
	sbom = json.load(open(path))


	def sha256(file):
	    return hashlib.sha256(open(file, "rb").read()).hexdigest()


	files = sorted(os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs)
	for name in files:
	    kind = "library" if ".so" in name else "machine-learning-model" if name.endswith(".onnx") else None
	    if kind is None:
	        continue
	    version = re.search(r"\.so\.([0-9.]+)$", name)
	    sbom["components"].append({
	        "bom-ref": "file:" + name, "type": kind, "name": os.path.basename(name),
	        "version": version.group(1) if version else "",
	        "hashes": [{"alg": "SHA-256", "content": sha256(os.path.join(root, name))}],
	    })
	json.dump(sbom, open(path, "w"), indent=1)
	with open(os.path.join(root, "SHA256SUMS"), "w") as out:
	    for name in sorted(set(files) - {"SHA256SUMS"} | {"sbom.cdx.json"}):
	        out.write(f"{sha256(os.path.join(root, name))}  {name}\n")
	END
}

case ${1:-} in
check) holes && licences ;;
release) release "${2:?the folder}" ;;
*) echo "usage: scripts/supply.sh check | release FOLDER" >&2; exit 2 ;;
esac
