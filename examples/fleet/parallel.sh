#!/bin/sh
# The repositories of a list on all processors of this machine. Over several: parallel's --sshloginfile, where all see the same folders.
# Run again it does only what has failed; take the file OUT.joblog away to do all.
#
#   parallel.sh LIST OUT AS_OF
set -eu
list=$1 out=$2 as_of=$3
here=$(dirname "$0")
folder=$(cd "$(dirname "$list")" && pwd)
mkdir -p "$out"
parallel --will-cite --pipe --max-replace-args 1 --jobs "${JOBS:-100%}" --memfree 1G --joblog "$out.joblog" --resume-failed \
    "$here/export-list.sh" "$folder" "$out" "$as_of" "$out.log" <"$list" || echo "$? repositories failed: $out.log says why" >&2
