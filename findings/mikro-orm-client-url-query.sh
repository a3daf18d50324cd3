#!/usr/bin/env bash
# @mikro-orm/postgresql 7.2.1 with pg 8.23.0: `clientUrl` is read for host, port, user, password and database. Its query is
# dropped without a word, `sslmode` and `application_name` included.
# Expected: what libpq and pg make of the same URL (https://www.postgresql.org/docs/current/libpq-connect.html). Seen: pg
# asks for TLS first; MikroORM sends its startup message in the clear, without the application name.
# What we do: packages/server/src/config/database-url.ts reads the query and hands it to the driver as options.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @mikro-orm/core@7.2.1 @mikro-orm/postgresql@7.2.1 pg@8.23.0
cat > run.mjs <<'JS'
import { createServer } from 'node:net';
import { MikroORM, defineEntity, p } from '@mikro-orm/postgresql';
import pg from 'pg';

/** Answers with the first packet that a client sends to a server at that port. */
async function firstPacket(connect) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const packet = new Promise((resolve) =>
    server.once('connection', (socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data);
      });
    }),
  );
  connect(`postgresql://app:secret@127.0.0.1:${port}/data?sslmode=require&application_name=mine`).catch(() => {});
  const data = await packet;
  server.close();
  return data;
}

const describe = (packet) => ({
  asksForTls: packet.length === 8 && packet.readInt32BE(4) === 80877103,
  namesApplication: packet.includes('mine'),
});
const Thing = defineEntity({ name: 'Thing', properties: { id: p.integer().primary() } });
const byPg = describe(await firstPacket((url) => new pg.Client({ connectionString: url }).connect()));
const byMikroOrm = describe(
  await firstPacket(async (clientUrl) => {
    const orm = new MikroORM({ clientUrl, entities: [Thing], ensureDatabase: false, logger: () => {} });
    await orm.em.getConnection().execute('select 1');
  }),
);
console.log('pg:       ', JSON.stringify(byPg));
console.log('MikroORM: ', JSON.stringify(byMikroOrm));
const isAsDescribed = byPg.asksForTls && !byMikroOrm.asksForTls && !byMikroOrm.namesApplication;
process.exit(isAsDescribed ? 0 : 1);
JS
node run.mjs
