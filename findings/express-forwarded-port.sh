#!/usr/bin/env bash
# express 5.3.0: with `trust proxy`, `req.ip` is what a proxy wrote into X-Forwarded-For, with its port where there is one,
# as Azure's Application Gateway writes it (https://learn.microsoft.com/azure/application-gateway/how-application-gateway-works).
# Expected: an address, as the documentation of `req.ip` says (https://expressjs.com/en/5x/api.html#req.ip). Seen:
# "192.0.2.1:4444", so that each connection of one client counts as another client.
# What we do: packages/server/src/limits/address-group.ts takes the port off.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.3.0
cat > run.mjs <<'JS'
import express from 'express';

const app = express();
app.set('trust proxy', 1);
app.get('/', (request, response) => void response.json(request.ip));
const server = app.listen(0, '127.0.0.1', async () => {
  const seen = {};
  for (const address of ['192.0.2.1', '192.0.2.1:4444', '[2001:db8::1]:4444']) {
    const headers = { 'x-forwarded-for': address };
    seen[address] = await (await fetch(`http://127.0.0.1:${server.address().port}/`, { headers })).json();
  }
  console.log(seen);
  server.close();
  process.exitCode = Object.entries(seen).every(([sent, ip]) => sent === ip) ? 0 : 1;
});
JS
node run.mjs
