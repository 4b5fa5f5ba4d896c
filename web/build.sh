#!/bin/sh
# Builds the pages into src/tastemaker/api/static: web/build.sh, called by `make web`, `make run`
# and the build of a wheel.
set -eu
cd "$(dirname "$0")/.."
. web/node.sh
cd web
[ node_modules/.package-lock.json -nt package-lock.json ] ||
    $npm ci --silent --fetch-retries 1 --fetch-retry-mintimeout 2000 ||
    fail "npm could not install what they are built with (is there a network?)"
{ $npm run --silent types && $npm run --silent build -- --logLevel warn; } >/dev/null ||
    fail "see above"
