#!/bin/sh
# The release gate, held to the settings, the baseline and the log entries of the base branch: a change cannot bring its own.
#
#   gate.sh [BASE] [FLAG...]      gate.sh origin/main --format junit=relconf-gate.xml
#
# Ends as relconf gate does: 0 passed, 1 regressed, 2 could not tell, 3 inconclusive where that is asked for.
set -eu

base=${1:-origin/main}
[ $# -eq 0 ] || shift

if git cat-file -e "$base:relconf-baseline.json" 2>/dev/null; then
    relconf gate --policy-from "$base" --baseline relconf-baseline.json "$@"
else
    echo "$base has no relconf-baseline.json: comparing with the window before" >&2
    relconf gate --policy-from "$base" "$@"
fi
