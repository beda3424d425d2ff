#!/bin/sh
# One repository of a list after the other: lines of a name, a tab and a path that starts from the list's folder, on standard input.
# What cannot be exported is a line of the log and no end; exit 1 says that there was one.
#
#   export-list.sh FOLDER OUT AS_OF LOG < list.tsv
set -u
folder=$1 out=$2 as_of=$3 log=$4
bad=0
tab=$(printf '\t')
while IFS="$tab" read -r name path _; do
    case $path in /*) ;; *) path=$folder/$path ;; esac
    if said=$(timeout "${TIMEOUT:-120}" relconf --quiet export --repo "$path" --repo-id "$name" --as-of "$as_of" --last "${LAST:-365d}" \
        --output "$out" 2>&1 </dev/null); then
        printf 'ok\t%s\n' "$name" >>"$log"
    else
        code=$?
        [ "$code" -eq 124 ] && said="no answer within ${TIMEOUT:-120} s"
        printf 'failed\t%s\t%s\t%s\n' "$name" "$code" "$(printf '%s' "$said" | head -n 1)" >>"$log"
        bad=1
    fi
done
exit "$bad"
