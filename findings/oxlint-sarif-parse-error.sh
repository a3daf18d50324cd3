#!/usr/bin/env bash
# oxlint 1.94.0: with `--format sarif`, a file that can't be parsed is a result of the rule OXL0001, and nothing else says that
# the file was not analysed: no tool execution notification, and `executionSuccessful` is absent or true. Expected, by
# https://docs.oasis-open.org/sarif/sarif/v2.1.0/ section 3.58: a notification of the invocation. Whoever compares two
# reports takes the other findings of that file for fixed.
# What we do: packages/server/src/findings/sarif takes such a result for a file that was not analysed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund oxlint@1.94.0
mkdir src
printf 'debugger;\n' > src/whole.js
printf 'debugger;\nconst broken = (;\n' > src/broken.js
npx oxlint --format sarif src > report.sarif || true
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';

const { runs } = JSON.parse(readFileSync('report.sarif', 'utf8'));
const results = runs.flatMap((run) => run.results.map(({ ruleId, locations }) => ({ ruleId, file: locations[0].physicalLocation.artifactLocation.uri })));
const invocations = runs.flatMap((run) => run.invocations ?? []);
const notifications = invocations.flatMap((each) => each.toolExecutionNotifications ?? []);
console.log({ results, invocations });
const broken = results.filter(({ file }) => file.endsWith('broken.js'));
const isAsDescribed =
  broken.length === 1 &&
  broken[0].ruleId === 'OXL0001' &&
  notifications.length === 0 &&
  invocations.every(({ executionSuccessful = true }) => executionSuccessful);
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
