#!/bin/sh
# The repositories of a list on all processors of this machine. Over several: parallel's --sshloginfile, where all see the same folders.
# Run again it does only what has failed; take the file OUT.joblog away to do all. It ends in 0 where every repository was exported, in
# 1 where some were not (OUT.log says why), and in anything else where it could not go on.
#
#   parallel.sh LIST OUT AS_OF
set -eu
list=$1 out=$2 as_of=$3
here=$(dirname "$0")
folder=$(cd "$(dirname "$list")" && pwd)
# A slice cannot know what stands in another: two of one name would replace each other's rows.
wrong=$("$here/export-list.sh" --read <"$list" | grep '^bad' || true)
if [ -n "$wrong" ]; then
    printf '%s: nothing is exported until these lines are corrected:\n%s\n' "$list" "$wrong" >&2
    exit 2
fi
mkdir -p "$out"
code=0
parallel --will-cite --pipe --max-replace-args 1 --jobs "${JOBS:-100%}" --memfree 1G --joblog "$out.joblog" --resume-failed \
    "$here/export-list.sh" "$folder" "$out" "$as_of" "$out.log" <"$list" || code=$?
# The seventh column of its log is what a slice ended in: 127 where there was no relconf.
if [ "$code" -ne 0 ] && [ -e "$out.joblog" ] && awk 'NR > 1 && $7 == 127 { found = 1 } END { exit !found }' "$out.joblog"; then
    echo "relconf cannot be run: $out.log says why" >&2
    exit 127
fi
case $code in
    0) ;;
    126 | 127) echo "GNU parallel cannot be run: install it, or run export-list.sh on the whole list" >&2; exit "$code" ;;
    # Of slices it counts up to a hundred.
    [1-9] | [1-9][0-9] | 100 | 101) echo "some repositories were not exported: $out.log says which and why" >&2; exit 1 ;;
    *) echo "parallel gave up with $code" >&2; exit "$code" ;;
esac
