#!/usr/bin/env bash
# Puts the published relconf on the path, held to its checksum; where none is published for this machine, says build=true.
#
#   VERSION    which one; without it, that of this checkout
#   CHECKSUM   SHA-256 of the archive, from somewhere that you trust; without it, the one published beside the archive
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
manifest() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$here/Cargo.toml" | head -n 1; }
version=${VERSION:-$(manifest version)}
version=${version#v}
from=${DOWNLOADS:-$(manifest repository)/releases/download}/v$version

case "${TARGET:-$(uname -s)-$(uname -m)}" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) target=${TARGET:-} ;;
esac
archive=relconf-$target.tar.gz
case "$target" in *windows*) archive=relconf-$target.zip ;; esac

get() { curl --silent --show-error --fail --location --retry 3 --output "$1" "$2"; }
sha256() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

folder=$RUNNER_TEMP/relconf-$version
rm -rf "$folder"
mkdir -p "$folder"
echo "version=$version" >>"$GITHUB_OUTPUT"
if [ -z "$target" ] || ! get "$folder/$archive" "$from/$archive"; then
    echo "relconf $version is not published for this machine: it is built" >&2
    echo "build=true" >>"$GITHUB_OUTPUT"
    exit 0
fi
expected=${CHECKSUM:-}
if [ -z "$expected" ]; then
    get "$folder/$archive.sha256" "$from/$archive.sha256"
    expected=$(cut -d ' ' -f 1 "$folder/$archive.sha256")
fi
found=$(sha256 "$folder/$archive")
if [ "$found" != "$expected" ]; then
    rm -rf "$folder"
    echo "::error title=relconf::$archive has the SHA-256 $found, not $expected: it is not used"
    exit 2
fi
case "$archive" in
    *.zip) unzip -q "$folder/$archive" -d "$folder" && mv "$folder/relconf-$target"/* "$folder" ;;
    *) tar -xzf "$folder/$archive" -C "$folder" --strip-components=1 ;;
esac
echo "$folder" >>"$GITHUB_PATH"
echo "build=false" >>"$GITHUB_OUTPUT"
