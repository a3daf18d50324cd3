// Compares the platform's two main calls with the ceiling, at the default and at other numbers of connections.
import { alternate } from '../alternate.ts';
import { retrieveRequest, storeRequest, type Request } from '../requests.ts';
import { openGround, type Ground } from '../servers/ground.ts';
import { send } from '../servers/same-answers.ts';
import type { Bench, Row, Workload } from '../workload.ts';

/** Stores a scan of 3 KB, at the default number of connections. */
export const store: Workload = {
  name: 'store',
  title: 'Store of a 3 KB scan',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const { connections } = bench.options;
    return await againstCeiling(bench, ground, { call: 'store', request: storeRequest('shop'), connections });
  },
};

/** Retrieves the same scan. */
export const retrieve: Workload = {
  name: 'retrieve',
  title: 'Retrieve of a 3 KB scan',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    for (const subject of [ground.platform, ground.ceiling]) await send(subject, storeRequest('shop'));
    const { connections } = bench.options;
    return await againstCeiling(bench, ground, { call: 'retrieve', request: retrieveRequest('shop'), connections });
  },
};

const latencyConnections = [1, 8, 32, 200];

/** Measures both calls, and the store that creates its repository, with one to many connections. */
export const latency: Workload = {
  name: 'latency',
  title: 'Throughput and latency by connections, 3 KB',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    for (const subject of [ground.platform, ground.ceiling]) await send(subject, storeRequest('shop'));
    const requests: Record<string, Request> = {
      store: storeRequest('shop'),
      'store, new repository': { ...storeRequest('new-{n}'), numbers: 'unique' },
      retrieve: retrieveRequest('shop'),
    };
    const rows: Row[] = [];
    for (const [call, request] of Object.entries(requests)) {
      for (const connections of latencyConnections) {
        rows.push(...(await againstCeiling(bench, ground, { call, request, connections })));
      }
    }
    return rows;
  },
};

interface Call {
  readonly call: string;
  readonly request: Request;
  readonly connections: number;
}

async function againstCeiling(
  bench: Bench,
  { platform, ceiling }: Ground,
  { call, request, connections }: Call,
): Promise<Row[]> {
  const turns = [platform, ceiling].map((subject) => ({ subject, request }));
  return alternate(bench, turns, { about: { call, connections }, pressure: { connections } });
}
