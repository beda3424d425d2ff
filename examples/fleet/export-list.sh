#!/bin/sh
# One repository of a list after the other, on standard input: a line is a path, or a name, a path and a team with tabs between, read as
# `relconf fleet` reads it; paths start from the list's folder. What cannot be exported is a line of the log and no end; exit 1 says that
# there was one. What a signal ends (no memory) is tried once more. Where relconf itself cannot be run, that is exit 127 at once.
#
#   export-list.sh FOLDER OUT AS_OF LOG < list.tsv
#   export-list.sh --read < list.tsv                what is read: ok, name, path; or bad, name, why
set -u

# Blanks and carriage returns at the ends are nothing, nor is the mark of UTF-8 at the beginning.
read_list() {
    LC_ALL=C awk -F '\t' -v OFS='\t' '
        function trimmed(text) { gsub(/^[ \r]+|[ \r]+$/, "", text); return text }
        NR == 1 { sub(/^\357\273\277/, "") }
        /^[ \t\r]*$/ || /^[ \t]*#/ { next }
        {
            line = $0
            gsub(/\t/, " ", line)
            name = trimmed($1)
            path = NF == 1 ? name : trimmed($2)
            if (NF == 1) {
                sub(/\/+$/, "", name); sub(/\/\.git$/, "", name); sub(/.*\//, "", name)
                if (name != ".git") sub(/\.git$/, "", name)
            }
            if (NF > 3) print "bad", trimmed(line), "has " NF " parts: write a name, a path and, where you like, a team, with tabs between"
            else if (name == "" || path == "") print "bad", trimmed(line), "write a name, a tab and a path"
            else if (name in seen) print "bad", name, "the name is given twice, first in line " seen[name]
            else { seen[name] = NR; print "ok", name, path }
        }'
}
[ "${1:-}" != --read ] || { read_list; exit; }

folder=$1 out=$2 as_of=$3 log=$4
bad=0
tell() { printf '%s\t%s\t%s\t%s\n' "$1" "$name" "$2" "$(printf '%s' "$3" | head -n 1 | tr '\t' ' ')" >>"$log"; }
export_one() {
    timeout "${TIMEOUT:-120}" relconf --quiet export --repo "$path" --repo-id "$name" --as-of "$as_of" --last "${LAST:-365d}" \
        --output "$out" 2>&1 </dev/null
}
read=$(mktemp)
trap 'rm -f "$read"' EXIT
read_list >"$read"
while IFS='	' read -r verdict name path; do
    if [ "$verdict" = bad ]; then
        tell failed 2 "$path"
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
done <"$read"
exit "$bad"
