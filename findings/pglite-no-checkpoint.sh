#!/usr/bin/env bash
# @electric-sql/pglite 0.5.17: there is no checkpointer, so the write-ahead log keeps everything that is written until
# somebody runs CHECKPOINT, whatever `max_wal_size` says, and a restart after a crash replays all of it.
# Expected: automatic checkpoints by time and by size (https://www.postgresql.org/docs/18/wal-configuration.html). Seen:
# pg_wal grows with what is written, and shrinks at a CHECKPOINT.
# What we do: a background job runs CHECKPOINT (docs/decisions/embedded-database.md).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.17
cat > run.mjs <<'JS'
import { readdirSync, statSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

const startParams = ['max_wal_size=48MB', 'min_wal_size=32MB'].flatMap((setting) => ['-c', setting]);
const pglite = await PGlite.create({ dataDir: 'data', startParams: [...PGlite.defaultStartParams, ...startParams] });
const walMegabytes = () => {
  const files = readdirSync('data/pg_wal').map((file) => statSync(`data/pg_wal/${file}`));
  return Math.round(files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0) / 1024 ** 2);
};
await pglite.exec('create table t (id int, text text)');
for (let megabyte = 0; megabyte < 160; megabyte += 1) {
  await pglite.query(`insert into t select $1, string_agg(md5(random()::text), '') from generate_series(1, 32768)`, [
    megabyte,
  ]);
}
const { rows } = await pglite.query('show max_wal_size');
const before = walMegabytes();
await pglite.exec('checkpoint');
const after = walMegabytes();
await pglite.close();
console.log(`max_wal_size ${rows[0].max_wal_size}: pg_wal ${before} MB after 160 MB written, ${after} MB after CHECKPOINT`);
process.exit(before > 150 && after <= 64 ? 0 : 1);
JS
node run.mjs
