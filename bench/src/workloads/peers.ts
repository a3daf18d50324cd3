// Measures the same store and retrieve alternately on the platform and on alternatives to it, with one PostgreSQL server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { alternate, type Turn } from '../alternate.ts';
import { retrieveRequest, scanOf, storeRequest } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { installPeers, startParseServer, startPostGraphile, type Peer } from '../servers/peers.ts';
import { send } from '../servers/same-answers.ts';
import type { Row, Workload } from '../workload.ts';

export const peers: Workload = {
  name: 'peers',
  title: 'The platform and its peers, 3 KB',
  databases: ['postgres'],
  isOnDemand: true,
  run: async (bench) => {
    const { postgres } = bench;
    if (postgres === undefined) throw new Error('The peers know PostgreSQL only.');
    installPeers();
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'rsolv-bench-peers-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const { platform, ceiling } = stack.use(await openGround(postgres));
    const others = [
      stack.use(await startParseServer(postgres, join(folder, 'parse-server.log'))),
      stack.use(await startPostGraphile(postgres, join(folder, 'postgraphile.log'))),
    ];
    for (const peer of others) await requireScan(peer);
    await send(platform, storeRequest('shop'));

    const rows: Row[] = [];
    for (const call of ['store', 'retrieve'] as const) {
      const request = call === 'store' ? storeRequest('shop') : retrieveRequest('shop');
      const turns: Turn[] = others.map((peer) => ({ subject: peer.subject, request: peer[call] }));
      turns.push({ subject: ceiling, request }, { subject: platform, request });
      rows.push(...(await alternate(bench, turns, { about: { call }, share: 'of platform' })));
    }
    return rows;
  },
};

/** Checks that a peer stores the data, and returns it only to an authorized caller. */
async function requireScan({ subject, store, retrieve }: Peer): Promise<void> {
  await send(subject, store);
  const { data } = scanOf('shop');
  if (!holds(await send(subject, retrieve), data)) throw new Error(`${subject.name} does not answer what it was given`);
  const shown = await send({ ...subject, apiKey: 'r:somebody-else' }, retrieve).catch(() => ({}));
  if (holds(shown, data)) throw new Error(`${subject.name} shows everybody what it was given`);
}

const holds = (answer: unknown, wanted: object): boolean =>
  isDeepStrictEqual(answer, wanted) ||
  (typeof answer === 'object' && answer !== null && Object.values(answer).some((each) => holds(each, wanted)));
