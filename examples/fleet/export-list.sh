#!/bin/sh
# One repository of a list after the other, on standard input: a line is a path, or a name, a path and a team with tabs between, as in
# `relconf fleet`; paths start from the list's folder. What cannot be exported is a line of the log and no end; exit 1 says that there
# was one. What a signal ends (no memory) is tried once more. Where relconf itself cannot be run, that is exit 127 at once.
#
#   export-list.sh FOLDER OUT AS_OF LOG < list.tsv
set -u
folder=$1 out=$2 as_of=$3 log=$4
bad=0
tell() { printf '%s\t%s\t%s\t%s\n' "$1" "$name" "$2" "$(printf '%s' "$3" | head -n 1 | tr '\t' ' ')" >>"$log"; }
export_one() {
    timeout "${TIMEOUT:-120}" relconf --quiet export --repo "$path" --repo-id "$name" --as-of "$as_of" --last "${LAST:-365d}" \
        --output "$out" 2>&1 </dev/null
}
# The last line may have no end.
while IFS= read -r line || [ -n "$line" ]; do
    line=$(printf '%s' "$line" | tr -d '\r')
    case $(printf '%s' "$line" | tr -d ' \t') in '' | '#'*) continue ;; esac
    name=$(printf '%s\n' "$line" | cut -f 1)
    # Of a line without a tab this is the whole of it.
    path=$(printf '%s\n' "$line" | cut -f 2)
    if [ "$name" = "$line" ]; then
        path=${path%/}
        name=${path%/.git}
        name=${name##*/}
        name=${name%.git}
    fi
    if [ -z "$name" ] || [ -z "$path" ]; then
        tell failed 2 "write a name, a tab and a path: $line"
        bad=1
        continue
    fi
    case $path in /*) ;; *) path=$folder/$path ;; esac
    for try in 1 2; do
        said=$(export_one)
        code=$?
        [ "$code" -gt 128 ] && [ "$try" -eq 1 ] || break
    done
    case $code in
        0) printf 'ok\t%s\n' "$name" >>"$log" ;;
        124) tell timeout "$code" "no answer within ${TIMEOUT:-120} s"; bad=1 ;;
        126 | 127) tell failed "$code" "$said"; exit 127 ;;
        *) if [ "$code" -gt 128 ]; then tell crashed "$code" "signal $((code - 128))"; else tell failed "$code" "$said"; fi; bad=1 ;;
    esac
done
exit "$bad"
