#!/usr/bin/env bash
# The last resort: builds relconf, unless an earlier run has left it in FOLDER.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
manifest() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$here/Cargo.toml" | head -n 1; }
if [ ! -x "$FOLDER/bin/relconf" ] && [ ! -x "$FOLDER/bin/relconf.exe" ]; then
    if [ "$VERSION" = "$(manifest version)" ]; then
        set -- --path "$here"
    else
        set -- --git "$(manifest repository)" --tag "v$VERSION" release-confidence
    fi
    # With what is published.
    cargo install --locked --features parquet --root "$FOLDER" "$@"
fi
echo "$FOLDER/bin" >>"$GITHUB_PATH"
