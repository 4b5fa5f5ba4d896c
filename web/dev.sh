#!/bin/sh
# The API on port 8000 and the pages on 5173, both reloaded on every change. Ctrl-C stops both.
set -eu
cd "$(dirname "$0")/.."
. web/node.sh
[ -d web/node_modules ] || sh web/build.sh

.venv/bin/python -m watchfiles --filter python --ignore-paths src/tastemaker/api/static \
    ".venv/bin/tastemaker up --port ${API_PORT:-8000}" src/tastemaker &
api=$!
trap 'kill $api 2>/dev/null' EXIT INT TERM
export TASTEMAKER_API="http://127.0.0.1:${API_PORT:-8000}"
cd web
$npm run --silent dev
