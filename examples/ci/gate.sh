#!/bin/sh
# The release gate, held to the baseline that lies on the base branch: a change cannot bring its own.
#
#   gate.sh [BASE] [FLAG...]      gate.sh origin/main --format junit=relconf-gate.xml
#
# Ends as relconf gate does: 0 passed, 1 regressed, 2 could not tell, 3 inconclusive where that is asked for.
set -eu

base=${1:-origin/main}
[ $# -eq 0 ] || shift

baseline=$(mktemp)
trap 'rm -f "$baseline"' EXIT
if git show "$base:relconf-baseline.json" >"$baseline" 2>/dev/null; then
    relconf gate --baseline "$baseline" "$@"
else
    echo "$base has no relconf-baseline.json: comparing with the window before" >&2
    relconf gate "$@"
fi
