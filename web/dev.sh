#!/bin/sh
# The API on port 8000 and the pages on 5173, both reloaded on every change. Ctrl-C stops both.
set -eu
cd "$(dirname "$0")/.."
[ -d web/node_modules ] || sh web/build.sh

.venv/bin/python -m watchfiles --filter python --ignore-paths src/tastemaker/api/static \
    ".venv/bin/tastemaker up --port 8000" src/tastemaker &
api=$!
trap 'kill $api 2>/dev/null' EXIT INT TERM
cd web
npm run --silent dev
