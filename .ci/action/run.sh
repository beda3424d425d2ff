#!/usr/bin/env bash
# Runs relconf COMMAND and leaves what it said, and its exit code, for the steps that follow.
set -euo pipefail
cd "$REPO"
out=$RUNNER_TEMP/relconf-out
mkdir -p "$out"
report=$out/$COMMAND.md
comment=$out/$COMMAND.brief.md
json=$out/$COMMAND.json
rm -f "$report" "$comment" "$json"

policy=${POLICY_FROM:-$BASE}
case "$COMMAND" in
    gate)
        set -- --format github
        [ -z "$policy" ] || set -- "$@" --policy-from="$policy"
        if [ -n "$BASE" ]; then
            if git cat-file -e "$BASE:$BASELINE"; then
                set -- "$@" --baseline "$BASELINE"
            else
                echo "$BASE has no $BASELINE: comparing with the window before"
            fi
        fi
        ;;
    preflight)
        set -- --gate --format github
        [ -z "$policy" ] || set -- "$@" --policy-from="$policy"
        ;;
    review) set -- --format terminal ;;
    *)
        echo "::error title=relconf::the action runs gate, preflight or review"
        exit 2
        ;;
esac

code=0
relconf "$COMMAND" "$@" --format markdown="$report" --format markdown-brief="$comment" --format json="$json" || code=$?
if [ -n "$HTML" ]; then
    relconf review --quiet --format html="$HTML" || { [ "$code" -ne 0 ] || code=2; }
fi
# What could not be done has no verdict of its own.
verdict=could_not
if [ -s "$json" ]; then
    verdict=$(jq -r '.verdict // "done"' "$json")
fi
{
    echo "verdict=$verdict"
    [ ! -s "$report" ] || echo "report=$report"
    [ ! -s "$comment" ] || echo "comment=$comment"
    [ ! -s "$json" ] || echo "json=$json"
    [ -z "$HTML" ] || [ ! -s "$HTML" ] || echo "html=$(cd "$(dirname "$HTML")" && pwd)/$(basename "$HTML")"
    echo "code=$code"
} >>"$GITHUB_OUTPUT"
