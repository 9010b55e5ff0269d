#!/usr/bin/env bash
# What is given to people who build nothing:
#   scripts/dist.sh                   out/dist/siamtrack-VERSION-OS-ARCH.tar.gz and, on Debian, siamtrack_VERSION_ARCH.deb
#   scripts/dist.sh install           what the archive holds, below $DESTDIR$PREFIX (default /usr/local)
#   scripts/dist.sh uninstall         removes that again
# All of them have one layout, in which the program finds the rest from where it lies itself:
#   bin/track   lib/siamtrack/ (ONNX Runtime)   share/siamtrack/ (models, SHA256SUMS)   share/doc/siamtrack/
# The same commit gives the same bytes. VERSION=... names a release; else it is the commit's date and name.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
umask 022

epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
version=${VERSION:-0.0.$(git log -1 --date=format:%Y%m%d --format=%cd+g%h --abbrev=8 2>/dev/null || echo 0)}
version=${version#v} # as tags have it
system=$(go env GOOS)-$(go env GOARCH)
say() { echo "dist: $*" >&2; }

# tree FOLDER: everything but the program, the SBOM and the checksums.
tree() {
	local doc=$1/share/doc/siamtrack share=$1/share/siamtrack
	mkdir -p "$1/bin" "$1/lib/siamtrack" "$share/models/foreign" "$doc/models"
	cp .deps/onnxruntime/libonnxruntime* "$1/lib/siamtrack/"
	cp models/*.onnx models/*.thresholds "$share/models/"
	cp models/foreign/*.json "$share/models/foreign/"
	cp models/*.md "$doc/models/"
	cp README.md "$doc/"
	cp LICENSE "$doc/copyright"
}

# licences FOLDER: the licences of everything that the program holds: Go's own, its modules', ONNX Runtime's. A module
# without one is an error.
licences() {
	local to=$1/share/doc/siamtrack/licences path version dir found
	mkdir -p "$to/go" "$to/onnxruntime"
	cp "$(go env GOROOT)/LICENSE" "$to/go/"
	cp .deps/onnxruntime/LICENSE .deps/onnxruntime/ThirdPartyNotices.txt "$to/onnxruntime/"
	go version -m "$1/bin/track" | awk '$1 == "dep" { print $2, $3 }' | while read -r path version; do
		dir=$(go list -m -f '{{.Dir}}' "$path@$version" 2>/dev/null) && [ -n "$dir" ] ||
			dir=$(go mod download -json "$path@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
		found=$(find "$dir" -maxdepth 1 -type f -iregex '.*/\(licen[cs]e\|copying\|notice\|patents\|authors\).*')
		[ -n "$found" ] || { say "$path $version has no licence file in $dir"; return 1; }
		mkdir -p "$to/$path"
		cp $found "$to/$path/"
	done
}

# released FOLDER: the tree as it is released: the program without symbols, with its version, licences, SBOM, checksums.
released() {
	tree "$1"
	go build -buildvcs=false -ldflags "-s -w -buildid= -X main.released=$version" -o "$1/bin/track" ./cmd/track
	licences "$1"
	scripts/supply.sh sbom "$1" "$version" "$epoch"
	find "$1" -type f ! -path "$1/bin/*" -exec chmod 644 {} +
	chmod 755 "$1/bin/track"
	scripts/supply.sh sums "$1"
}

# depends FOLDER: the Debian packages whose libraries the program and ONNX Runtime's are linked with.
depends() {
	local dir
	dir=$(mktemp -d)
	mkdir "$dir/debian"
	echo 'Source: siamtrack' >"$dir/debian/control"
	(cd "$dir" && dpkg-shlibdeps -O -e"$1/bin/track" $(printf -- '-e%s ' "$1"/lib/siamtrack/*.so*) 2>"$dir/log") |
		sed -n 's/^shlibs:Depends=//p' || { cat "$dir/log" >&2; return 1; }
	rm -r "$dir"
}

# The window's libraries are looked for when one is opened, so the linker does not know of them.
window_packages="libx11-6, libxcursor1, libxi6, libxinerama1, libxrandr2, libegl1, libgles2, libgl1-mesa-dri"

# deb FOLDER DEPENDS FILE: the tree below /usr, as a Debian package.
deb() {
	local root
	root=$(mktemp -d)
	chmod 755 "$root" # it is the package's ./, whose mode dpkg -x gives the folder that it unpacks into
	mkdir "$root/usr" "$root/DEBIAN"
	cp -a "$1"/{bin,lib,share} "$root/usr/"
	cat >"$root/DEBIAN/control" <<-END
	Package: siamtrack
	Version: $version
	Architecture: $(dpkg --print-architecture)
	Maintainer: Siamtrack <siamtrack@localhost>
	Section: video
	Priority: optional
	Installed-Size: $(du -sk --apparent-size "$1" | cut -f1)
	Depends: $2
	Recommends: $window_packages
	Suggests: ffmpeg
	Description: real-time video object tracker
	 Mark an object in one frame of a video, or several, and a Siamese network
	 follows them: live, in files, and over the benchmarks of the field.
	END
	(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
	find "$root" -exec touch -h -d "@$epoch" {} +
	# gzip: what xz makes differs with the number of threads, and it takes ten times as long for a tenth less.
	SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group -Zgzip -z6 --build "$root" "$3" >/dev/null
	rm -r "$root"
}

# harmless NAME: fails where a listing of tar's holds anything but root's plain files and folders below the place where
# they are unpacked: a link, a device, a file that others may write or that runs as its owner, a path that leads out.
harmless() {
	local listing wrong entry='^(-rw-r--r--|-rwxr-xr-x|drwxr-xr-x) (0/0|root/root) +[0-9]+ [-0-9]+ [:0-9]+ [^/ ][^ ]*$'
	listing=$(cat)
	wrong=$(grep -vE "$entry" <<<"$listing"; grep -E '[ /]\.\.(/|$)' <<<"$listing") || true
	[ -z "$wrong" ] || { say "$1 would unpack what it must not: $wrong"; return 1; }
}

# readme DEPENDS: what the archive says of itself.
readme() {
	cat <<-END
	Siamtrack $version for $system

	    bin/track doctor                                         what is here, and what is missing
	    bin/track file clip.mp4 --init x,y,w,h -o out.mp4        follow an object

	The folder may lie anywhere; a link to bin/track on PATH is enough to install it. sha256sum -c of
	share/siamtrack/SHA256SUMS, or track doctor, compares the files with those that were released.
	share/doc/siamtrack has the manual and all licences.

	It needs OpenCV's and FFmpeg's libraries${1:+; on the Debian or Ubuntu that it was built on:

	    apt-get install $(sed -e 's/ *([^)]*)//g' -e 's/,//g' <<<"$1")}
	END
}

archive() {
	local name=siamtrack-$version-$system out=out/dist work needs=
	mkdir -p $out
	rm -f $out/siamtrack[-_]*
	work=$(mktemp -d)
	trap "rm -rf '$work'" EXIT
	released "$work/$name"
	if command -v dpkg-shlibdeps >/dev/null && command -v dpkg-deb >/dev/null; then
		needs=$(depends "$work/$name")
		deb "$work/$name" "$needs" "$out/siamtrack_${version}_$(dpkg --print-architecture).deb"
	else
		say "no .deb is made: dpkg-deb and dpkg-shlibdeps (Debian package dpkg-dev) are needed"
	fi
	readme "$needs" >"$work/$name/README.txt"
	tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=ustar -C "$work" -cf - "$name" |
		gzip -6n >"$out/$name.tar.gz"
	tar -tvzf "$out/$name.tar.gz" | harmless "$name.tar.gz"
	! ls $out/*.deb >/dev/null 2>&1 || dpkg-deb --contents $out/*.deb | harmless "the package"
	(cd $out && sha256sum siamtrack[-_]*.* >siamtrack-$version.sha256)
	ls -l $out/
}

to=${DESTDIR:-}${PREFIX:-/usr/local}
list=$to/share/siamtrack/SHA256SUMS

uninstall() {
	[ -e "$list" ] || { say "nothing is installed below $to: there is no $list"; return 1; }
	sed 's/^[0-9a-f]*  //' "$list" | while IFS= read -r name; do rm -f "$to/$name"; done
	rm -f "$list"
	find "$to/lib/siamtrack" "$to/share/siamtrack" "$to/share/doc/siamtrack" -depth -type d -empty -delete
}

install_tree() {
	local work
	work=$(mktemp -d)
	trap "rm -rf '$work'" EXIT
	tree "$work"
	cp bin/track "$work/bin/"
	licences "$work"
	scripts/supply.sh sums "$work"
	[ ! -e "$list" ] || uninstall # an older version may have files that this one has not
	mkdir -p "$to"
	cp -r "$work"/{bin,lib,share} "$to/"
	say "installed: $to/bin/track"
}

case ${1:-} in
"") archive ;;
install) install_tree ;;
uninstall) uninstall ;;
*) echo "usage: scripts/dist.sh [install | uninstall]" >&2; exit 2 ;;
esac
