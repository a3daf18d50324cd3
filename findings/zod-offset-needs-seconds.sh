#!/usr/bin/env bash
# zod 4.6.7: `z.iso.datetime({ local: true, offset: true })` takes a time without seconds where it has no offset, and refuses
# the same time where it has one. Expected: an offset makes no difference to whether seconds are required
# (https://zod.dev/api?id=iso-datetimes).
# What we do: packages/shared/src/contract/moment.ts adds ":00" before it asks zod.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7
cat > run.mjs <<'JS'
import { z } from 'zod';

const schema = z.iso.datetime({ local: true, offset: true });
const expected = {
  '2026-10-31T12:00': true,
  '2026-10-31T12:00Z': false,
  '2026-10-31T12:00+02:00': false,
  '2026-10-31T12:00:00+02:00': true,
};
const seen = Object.fromEntries(Object.keys(expected).map((text) => [text, schema.safeParse(text).success]));
console.log(seen);
process.exitCode = JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1;
JS
node run.mjs
