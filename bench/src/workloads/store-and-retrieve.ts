import { alternate } from '../alternate.ts';
import { retrieveRequest, storeRequest } from '../requests.ts';
import { onGround, type Ground } from '../servers/ground.ts';
import { send } from '../servers/same-answers.ts';
import type { Bench, Row, Workload } from '../workload.ts';

/** A 3 KB scan, stored at the usual number of connections. */
export const store: Workload = {
  name: 'store',
  title: 'Store of a 3 KB scan',
  databases: ['postgres', 'pglite'],
  run: (bench) => onGround(bench.postgres, (ground) => measureStore(bench, ground)),
};

/** The same scan, retrieved. */
export const retrieve: Workload = {
  name: 'retrieve',
  title: 'Retrieve of a 3 KB scan',
  databases: ['postgres', 'pglite'],
  run: (bench) => onGround(bench.postgres, (ground) => measureRetrieve(bench, ground)),
};

function measureStore(bench: Bench, { platform, ceiling }: Ground): Promise<Row[]> {
  const request = storeRequest('shop');
  const turns = [platform, ceiling].map((subject) => ({ subject, request }));
  return alternate(bench, turns, { about: { connections: bench.options.connections } });
}

async function measureRetrieve(bench: Bench, { platform, ceiling }: Ground): Promise<Row[]> {
  const request = retrieveRequest('shop');
  const turns = [platform, ceiling].map((subject) => ({ subject, request }));
  for (const { subject } of turns) await send(subject, storeRequest('shop'));
  return alternate(bench, turns, { about: { connections: bench.options.connections } });
}
