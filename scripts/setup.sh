#!/usr/bin/env bash
# Sets up what the build needs, inside .deps/ as far as it can be:
#   scripts/setup.sh [build|test|check|dist]     (default: build)
# build: a C++ compiler, the four OpenCV -dev packages that are really used, FFmpeg's, ONNX Runtime's library.
# test:  and ffmpeg, a virtual X server, software GL.   check: and a browser, Slurm, Python's venv.
# dist:  build, and the tools of Debian's packages.
# On Debian and Ubuntu with root or sudo it installs the packages, elsewhere it prints them. A second run does nothing.
# .deps/env.sh is the result: `. .deps/env.sh` gives a shell in which plain `go build ./...` and `go test ./...` work.
set -euo pipefail
cd "$(dirname "$0")/.."

group=${1:-build}
case $group in
build | test | check | dist) ;;
*) echo "setup: unknown group '$group': build, test, check or dist" >&2; exit 2 ;;
esac

# The wheel's library only: the same file whichever Python carries it, so one wheel for each platform is pinned.
ort_version=1.24.3
go_version=1.26

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

# ---- packages -------------------------------------------------------------------------------------------------------

opencv_packages=(libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev libopencv-videoio-dev)
ffmpeg_packages=(libavformat-dev libavcodec-dev libavutil-dev libswscale-dev)
test_packages=(ffmpeg xvfb xauth xdotool libx11-6 libegl1 libgles2 libgl1-mesa-dri libxcursor1 libxi6 libxrandr2 libxinerama1)
check_packages=(chromium slurm-wlm munge python3-venv)

# wanted prints the Debian packages of the group, a tool only where its command is missing.
wanted() {
	command -v pkg-config >/dev/null || echo pkg-config
	command -v c++ >/dev/null || echo g++
	[ -n "$(find_pip)" ] || have_ort || echo python3-pip
	[ -n "$(opencv_include)" ] || printf '%s\n' "${opencv_packages[@]}"
	have_ffmpeg || printf '%s\n' "${ffmpeg_packages[@]}"
	case $group in
	test | check) printf '%s\n' "${test_packages[@]}" ;;
	dist) echo dpkg-dev ;;
	esac
	if [ "$group" = check ]; then printf '%s\n' "${check_packages[@]}"; fi
}

# missing prints those of its arguments that dpkg does not know as installed.
missing() {
	local p
	for p in "$@"; do
		dpkg-query -W -f '${Status}\n' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"
	done
}

install_packages() {
	local names=() root=()
	mapfile -t names < <(wanted)
	[ ${#names[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say_by_hand
		[ "$group" != build ] && [ -n "$(opencv_include)" ] && have_ffmpeg && return 0 # tests skip, and say so, where a tool is absent
		exit 1
	fi
	mapfile -t names < <(missing "${names[@]}")
	[ ${#names[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || fail "not root, and no sudo. Have these installed, then run it again:
    apt-get install --no-install-recommends ${names[*]}"
		root=(sudo)
	fi
	say "installing ${names[*]}"
	local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600)
	apt_install() { "${apt[@]}" install --no-install-recommends "${names[@]}" >&2; }
	apt_install || { "${apt[@]}" update >&2 && apt_install; } || fail "apt-get could not install ${names[*]}"
}

say_by_hand() {
	cat >&2 <<-END
	setup: no apt-get here. Install these by hand, then run it again:
	    a C++ compiler, pkg-config, python3 with pip
	    OpenCV 4 with headers: core, imgproc, imgcodecs, videoio
	    FFmpeg 4.4 or newer with headers: libavformat, libavcodec, libavutil, libswscale
	      Fedora: dnf install gcc-c++ pkgconf opencv-devel ffmpeg-free-devel python3-pip
	      Arch:   pacman -S gcc pkgconf opencv ffmpeg python-pip
	      macOS:  brew install opencv ffmpeg pkg-config python
	    for the tests: ffmpeg, Xvfb, xdotool, Mesa's software GL
	END
}

# ---- OpenCV: a pkg-config file that names only what is used ---------------------------------------------------------

# opencv_include prints the folder that holds opencv2/ with all four modules' headers, nothing where there is none.
opencv_include() {
	local dir
	for dir in $(pkg-config --variable=includedir opencv4 2>/dev/null) \
		$(pkg-config --variable=includedir_new opencv4 2>/dev/null) \
		/usr/include/opencv4 /usr/local/include/opencv4 /opt/homebrew/include/opencv4; do
		if [ -e "$dir/opencv2/core.hpp" ] && [ -e "$dir/opencv2/imgproc.hpp" ] &&
			[ -e "$dir/opencv2/imgcodecs.hpp" ] && [ -e "$dir/opencv2/videoio.hpp" ]; then
			echo "$dir"
			return
		fi
	done
}

# opencv_lib prints the -L flag that the libraries need, nothing where the linker finds them itself.
opencv_lib() {
	local dir
	dir=$(pkg-config --variable=libdir opencv4 2>/dev/null || true)
	if [ -n "$dir" ]; then echo "-L$dir"; elif [ -d /opt/homebrew/lib ]; then echo "-L/opt/homebrew/lib"; fi
}

write_opencv() {
	local include version module
	include=$(opencv_include)
	[ -n "$include" ] || fail "OpenCV's headers are not where they are looked for (pkg-config opencv4, /usr/include/opencv4)"
	version=$(awk '/define CV_VERSION_(MAJOR|MINOR|REVISION)/ { printf "%s%s", sep, $3; sep = "." }' \
		"$include/opencv2/core/version.hpp")
	mkdir -p "$deps/pkgconfig" "$deps/include/opencv2"
	# The distribution's own opencv_modules.hpp announces every module it builds, and gocv then includes their headers.
	{
		echo "#pragma once"
		for module in CORE IMGCODECS IMGPROC VIDEOIO; do echo "#define HAVE_OPENCV_$module"; done
	} >"$deps/include/opencv2/opencv_modules.hpp"
	cat >"$deps/pkgconfig/opencv4.pc" <<-END
	Name: OpenCV
	Description: the four OpenCV modules that Siamtrack uses
	Version: $version
	Cflags: -I$deps/include -I$include
	Libs: $(opencv_lib) -lopencv_videoio -lopencv_imgcodecs -lopencv_imgproc -lopencv_core
	END
}

# have_ffmpeg: are the headers of FFmpeg's libraries there?
have_ffmpeg() { pkg-config --exists libavformat libavcodec libavutil libswscale 2>/dev/null; }

# ---- ONNX Runtime: the shared library out of PyPI's wheel, pinned by version and hash -------------------------------

ort_wheel() { # prints: pip's platform tag, sha256
	case "$(uname -s)-$(uname -m)" in
	Linux-x86_64) echo manylinux_2_28_x86_64 b354afce3333f2859c7e8706d84b6c552beac39233bcd3141ce7ab77b4cabb5d ;;
	Linux-aarch64) echo manylinux_2_28_aarch64 0a9847b870b6cb462652b547bc98c49e0efb67553410a082fde1918a38707452 ;;
	Darwin-arm64) echo macosx_14_0_arm64 0d244227dc5e00a9ae15a7ac1eba4c4460d7876dfecafe73fb00db9f1d914d91 ;;
	*) fail "no ONNX Runtime $ort_version is pinned for $(uname -s) on $(uname -m): put its library into $deps/onnxruntime/" ;;
	esac
}

ort_library() { find "$deps/onnxruntime" -name "libonnxruntime*$ort_version*" 2>/dev/null | head -n 1; }

# have_ort: are the library and the licences that go with it there?
have_ort() { [ -n "$(ort_library)" ] && [ -e "$deps/onnxruntime/ThirdPartyNotices.txt" ]; }

# find_pip prints the Python that has pip, nothing where none has.
find_pip() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -m pip --version >/dev/null 2>&1; then
			echo "$python"
			return
		fi
	done
}

fetch_ort() {
	! have_ort || return 0
	local platform hash python tmp
	read -r platform hash < <(ort_wheel)
	[ -n "$hash" ] || exit 1
	python=$(find_pip)
	[ -n "$python" ] || fail "ONNX Runtime comes as a Python wheel: python3 with pip is needed (apt-get install python3-pip)"
	tmp=$(mktemp -d "$deps/fetch.XXXXXX")
	trap "rm -rf '$tmp'" EXIT
	say "fetching ONNX Runtime $ort_version for $platform"
	echo "onnxruntime==$ort_version --hash=sha256:$hash" >"$tmp/requirements.txt"
	"$python" -m pip download -q --no-deps --only-binary=:all: --require-hashes --python-version 3.12 \
		--implementation cp --abi cp312 --platform "$platform" --platform "${platform/2_28/2_27}" \
		-d "$tmp" -r "$tmp/requirements.txt" >&2 || fail "pip could not fetch onnxruntime $ort_version (or its hash was wrong)"
	"$python" - "$tmp" <<-'END'
	import glob, sys, zipfile
	[wheel] = glob.glob(sys.argv[1] + "/onnxruntime-*.whl")
	with zipfile.ZipFile(wheel) as z:
	    for name in z.namelist():
	        if name.startswith("onnxruntime/capi/libonnxruntime") or name in (
	            "onnxruntime/LICENSE", "onnxruntime/ThirdPartyNotices.txt"):
	            z.extract(name, sys.argv[1])
	END
	mkdir -p "$deps/onnxruntime"
	mv "$tmp"/onnxruntime/capi/libonnxruntime* "$tmp"/onnxruntime/LICENSE "$tmp"/onnxruntime/ThirdPartyNotices.txt \
		"$deps/onnxruntime/"
	[ -n "$(ort_library)" ] || fail "the wheel of ONNX Runtime holds no libonnxruntime of version $ort_version"
}

# ---- the result -----------------------------------------------------------------------------------------------------

write_env() {
	cat >"$deps/env.sh" <<-END
	# Written by scripts/setup.sh; read it with: . .deps/env.sh
	# gocv's module tags leave out the parts of OpenCV that are not used; -trimpath keeps one build cache for all targets.
	export SIAMTRACK_TAGS=gocv_specific_modules,gocv_videoio,gocv_imgcodecs
	export GOFLAGS="-trimpath -tags=\$SIAMTRACK_TAGS"
	export CGO_ENABLED=1
	export PKG_CONFIG_PATH="$deps/pkgconfig"
	export ONNXRUNTIME_SHARED_LIBRARY_PATH="$(ort_library)"
	END
	if ! command -v go >/dev/null && [ -x /usr/local/go/bin/go ]; then
		echo 'export PATH="$PATH:/usr/local/go/bin"' >>"$deps/env.sh"
	fi
}

check_go() {
	command -v go >/dev/null || [ -x /usr/local/go/bin/go ] ||
		fail "Go is not installed: get $go_version or newer from https://go.dev/dl/ and put its bin/ on PATH"
}

check_go
mkdir -p "$(readlink .deps || echo .deps)" # .deps may be a link that several checkouts share
deps=$(cd .deps && pwd -P)
stamp="$(sha256sum "$0" 2>/dev/null || shasum -a 256 "$0")"
stamp="${stamp%% *} $deps"
if [ "$(cat "$deps/stamp.$group" 2>/dev/null)" = "$stamp" ] && [ -n "$(opencv_include)" ] && have_ffmpeg && have_ort; then
	exit 0
fi
install_packages
have_ffmpeg || fail "FFmpeg's headers are not found by pkg-config (libavformat libavcodec libavutil libswscale)"
write_opencv
fetch_ort
write_env
echo "$stamp" >"$deps/stamp.$group"
say "ready: . .deps/env.sh"
