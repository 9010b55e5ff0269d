#!/usr/bin/env bash
# Tries what `make dist` made, as a new user would, on a Debian that has nothing: in a folder of its own (mmdebstrap, or
# debootstrap), entered by chroot, with the suite and the mirrors of this machine. The package is installed with apt-get
# and removed again; the archive is unpacked by a user without rights. Each then follows the object of samples/walk.mp4,
# to the same boxes, and compares pictures. Seconds and megabytes are printed. IMAGE=1 also builds the container of
# deploy/Containerfile, from the same bare system, and runs it (buildah, without a daemon). BASE=FILE.tar keeps that
# system for the next time. Root is needed; what is missing is said, and skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() { echo "bare: SKIPPED: $*"; exit 0; }
say() { echo "bare: $*"; }
fail() { echo "bare: FAILED: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || skip "root is needed to enter another system's folder"
suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || skip "the package is for this machine's system, and that is not Debian"
command -v mmdebstrap >/dev/null || command -v debootstrap >/dev/null || skip "neither mmdebstrap nor debootstrap is installed"
package=$(ls out/dist/*.deb 2>/dev/null) && archive=$(ls out/dist/*.tar.gz) || fail "nothing in out/dist: make dist"

work=$(mktemp -d "${TMPDIR:-/tmp}/siamtrack-bare.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
base=${BASE:-$work/base.tar}
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk -v s="$suite" '$2 == s { print $1; exit }')

# bare: the smallest Debian with apt, in $base.
bare() {
	local begin=$SECONDS
	if [ -s "$base" ]; then
		say "the bare system is $base"
		return
	fi
	if command -v mmdebstrap >/dev/null; then
		mmdebstrap --quiet --variant=minbase --include=ca-certificates "$suite" "$base" "$mirror" ||
			skip "no Debian could be made from $mirror"
	else
		debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/base" "$mirror" >"$work/log" ||
			skip "no Debian could be made from $mirror: $(tail -n 1 "$work/log")"
		tar -C "$work/base" -cf "$base" . && rm -rf "$work/base"
	fi
	say "$suite from nothing: $((SECONDS - begin)) s, $(du -m "$base" | cut -f1) MB"
}

# system NAME: a fresh copy of it, whose packages' lists are there.
system() {
	mkdir "$work/$1"
	tar -C "$work/$1" -xpf "$base"
	cp /etc/resolv.conf "$work/$1/etc/"
	printf '#!/bin/sh\nexit 101\n' >"$work/$1/usr/sbin/policy-rc.d" # starts no service
	chmod +x "$work/$1/usr/sbin/policy-rc.d"
	mkdir -p "$work/$1/try"
	cp samples/walk.mp4 docs/walk.jpg docs/report.png "$work/$1/try/"
	chmod 777 "$work/$1/try"
	inside "$1" root 'apt-get -q update' >"$work/log" 2>&1 || { cat "$work/log"; fail "apt-get update in the bare system"; }
}

# inside NAME USER COMMAND: runs it there, with /proc of its own, and nothing of this machine's environment.
inside() {
	unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" &&
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/try LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			chroot --userspec="$2" "$1" sh -c "cd /try && $3"' sh "$work/$1" "$2" "$3"
}

installed() { inside "$1" root "du -smx --exclude=/proc --exclude=/dev --exclude=/var/cache/apt --exclude=/try / | cut -f1"; }

# tried NAME TRACK: what a new user does, as one without rights.
tried() {
	local begin=$SECONDS code
	inside "$1" nobody "$2 doctor" >"$work/doctor" || { cat "$work/doctor"; fail "$1: track doctor"; }
	grep -E '^ok +(release|models|ONNX Runtime)' "$work/doctor"
	inside "$1" nobody "$2 file walk.mp4 --init 349,428,50,148 -o out.mp4 --csv out.csv" || fail "$1: track file"
	[ -s "$work/$1/try/out.mp4" ] || fail "$1: no annotated video"
	cmp "$work/$1/try/out.csv" "$work/here.csv" || fail "$1: the boxes are not those of this machine"
	inside "$1" nobody "$2 match walk.jpg walk.jpg --kind object" || fail "$1: track match of a picture with itself"
	code=0
	inside "$1" nobody "$2 match walk.jpg report.png --kind object" || code=$?
	[ $code = 3 ] || fail "$1: track match of different pictures: exit $code, want 3"
	say "$1: doctor, file and match: $((SECONDS - begin)) s"
}

here() {
	mkdir "$work/here"
	tar -C "$work/here" -xzf "$archive"
	"$work"/here/*/bin/track file samples/walk.mp4 --init 349,428,50,148 --csv "$work/here.csv" --quiet
}

package() {
	local before begin
	system package
	before=$(installed package)
	begin=$SECONDS
	cp "$package" "$work/package/try/siamtrack.deb"
	inside package root 'apt-get -q -y install --no-install-recommends ./siamtrack.deb' >"$work/log" 2>&1 ||
		{ tail "$work/log"; fail "apt-get install ./siamtrack.deb"; }
	say "package: apt-get install: $((SECONDS - begin)) s, $(grep -E -o 'Need to get [^/]*' "$work/log" || true)," \
		"$(($(installed package) - before)) MB on disk, $(du -m "$package" | cut -f1) MB of them the package"
	tried package track
	inside package root 'cp /usr/bin/track /try/alone && ONNXRUNTIME_SHARED_LIBRARY_PATH=$(ls /usr/lib/siamtrack/*.so.*) \
		./alone file walk.mp4 --init 349,428,50,148 --csv alone.csv' || fail "the program alone"
	cmp "$work/package/try/alone.csv" "$work/here.csv" || fail "the program alone has other boxes"
	inside package root 'apt-get -q -y remove siamtrack' >"$work/log" 2>&1 || fail "apt-get remove"
	[ -z "$(cd "$work/package" && find usr -name '*siamtrack*')" ] || fail "apt-get remove leaves files"
	rm -rf --one-file-system "$work/package"
}

archived() {
	local before begin needs
	system archive
	before=$(installed archive)
	begin=$SECONDS
	needs=$(sed -n 's/^ *apt-get install //p' "$work"/here/*/README.txt)
	inside archive root "apt-get -q -y install --no-install-recommends $needs" >"$work/log" 2>&1 ||
		{ tail "$work/log"; fail "apt-get install of the libraries that README.txt names"; }
	tar -C "$work/archive/try" -xzf "$archive" --no-same-owner
	say "archive: $((SECONDS - begin)) s, $(($(installed archive) - before)) MB of libraries on disk," \
		"$(du -m "$archive" | cut -f1) MB packed, $(du -sm "$work"/archive/try/siamtrack-* | cut -f1) MB unpacked"
	tried archive "/try/$(basename "$work"/archive/try/siamtrack-*)/bin/track"
	rm -rf --one-file-system "$work/archive"
}

# image: the container, its builder being the bare system with this machine's Go, whose caches it shares.
image() {
	local begin=$SECONDS container
	command -v buildah >/dev/null || { say "image: SKIPPED: buildah is not installed"; return; }
	. .deps/env.sh
	export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
	b() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }
	container=$(b from scratch)
	b add --quiet "$container" "$base" / >/dev/null
	b commit --quiet "$container" localhost/bare >/dev/null
	b copy --quiet "$container" "$(go env GOROOT)" /usr/local/go >/dev/null
	b config --env PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
	b commit --rm --quiet "$container" localhost/bare-go >/dev/null
	b bud --quiet --build-arg BUILD_IMAGE=localhost/bare-go --build-arg IMAGE=localhost/bare \
		--volume /etc/ssl/certs:/etc/ssl/certs:ro --volume "$(go env GOMODCACHE):/root/go/pkg/mod" \
		--volume "$(go env GOCACHE):/root/.cache/go-build" -t siamtrack -f deploy/Containerfile . >"$work/log" 2>&1 ||
		{ tail "$work/log"; fail "the image is not built"; }
	say "image: built in $((SECONDS - begin)) s, $(b images --format '{{.Size}}' siamtrack)"
	begin=$SECONDS
	container=$(b from siamtrack)
	r() { b run --volume "$PWD/samples:/data:ro" --volume "$PWD/docs:/pictures:ro" "$container" -- "$@"; }
	r track doctor >"$work/doctor" || { cat "$work/doctor"; fail "image: track doctor"; }
	r track file /data/walk.mp4 --init 349,428,50,148 --csv - --quiet >"$work/image.csv" || fail "image: track file"
	cmp "$work/image.csv" "$work/here.csv" || fail "image: the boxes are not those of this machine"
	r track match /pictures/walk.jpg /pictures/walk.jpg --kind object || fail "image: track match"
	say "image: doctor, file and match as $(r id -un): $((SECONDS - begin)) s"
}

bare
here
for part in ${PARTS:-package archived ${IMAGE:+image}}; do $part; done
say "passed"
