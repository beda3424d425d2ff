#!/usr/bin/env bash
# One comment on the pull request, renewed with every run: the one that begins with our marker and that AUTHOR wrote.
# Whoever else writes the marker keeps the comment.
set -euo pipefail
if [ -z "${PULL_REQUEST:-}" ]; then
    echo "no pull request, no comment" >&2
    exit 0
fi
marker="<!-- relconf:$COMMAND -->"
comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments

forge() {
    curl --silent --show-error --fail-with-body --retry 2 \
        --header "Authorization: Bearer $GITHUB_TOKEN" --header "Accept: application/vnd.github+json" "$@"
}

ours=
page=1
while [ -z "$ours" ]; do
    found=$(forge "$comments?per_page=100&page=$page")
    ours=$(jq -r --arg marker "$marker" --arg author "$AUTHOR" \
        'map(select(.user.login == $author and (.body | startswith($marker)))) | first // {} | .id // empty' <<<"$found")
    [ "$(jq length <<<"$found")" -eq 100 ] || break
    page=$((page + 1))
done

# A forge takes 65 536 characters.
body=$(
    head -n 1 "$REPORT" | grep -qxF "$marker" || printf '%s\n' "$marker"
    head -c 60000 "$REPORT"
)
[ "$(wc -c <"$REPORT")" -le 60000 ] || body="$body"$'\n\n'"The rest is in the step's summary."
method=POST
where=$comments
if [ -n "$ours" ]; then
    method=PATCH
    where=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments/$ours
fi
jq -n --arg body "$body" '{ body: $body }' | forge --request "$method" --data-binary @- "$where" >/dev/null
