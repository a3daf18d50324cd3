// Compares tRPC with REST, and batches of ten with ten requests, on the same server. Bodies are those of @trpc/client.
import { alternate } from '../alternate.ts';
import { commitSha, retrieveRequest, scanOf, storeRequest, type Request } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { send } from '../servers/same-answers.ts';
import type { Row, Workload } from '../workload.ts';

const batchSize = 10;

export const trpc: Workload = {
  name: 'trpc',
  title: 'tRPC and REST, calls with a 3 KB scan',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const { platform: subject } = ground;
    await send(subject, storeRequest('shop'));
    const retrieval = { repo: scanOf('shop').repo, commit: commitSha, issue: 1 };
    const calls: Record<string, readonly [one: Request, batch: Request, rest: Request]> = {
      store: [mutation(scanOf('shop')), mutationBatch(scanOf('shop')), storeRequest('shop')],
      retrieve: [query(retrieval), queryBatch(retrieval), retrieveRequest('shop')],
    };
    const rows: Row[] = [];
    for (const [call, [one, batch, rest]] of Object.entries(calls)) {
      const turns = [
        { subject, request: one, about: { way: 'tRPC' } },
        { subject, request: batch, about: { way: `tRPC, batch of ${batchSize}` }, calls: batchSize },
        { subject, request: rest, about: { way: 'REST' } },
      ];
      rows.push(...(await alternate(bench, turns, { about: { call }, share: 'of REST' })));
    }
    return rows;
  },
};

const inputs = (input: object) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: batchSize }, (_, index) => [index, { json: input }])));

const names = (name: string) => Array.from({ length: batchSize }, () => name).join(',');

const mutation = (input: object): Request => ({
  method: 'POST',
  path: '/trpc/phases.store',
  body: JSON.stringify({ json: input }),
});

const mutationBatch = (input: object): Request => ({
  method: 'POST',
  path: `/trpc/${names('phases.store')}?batch=1`,
  body: inputs(input),
});

const query = (input: object): Request => ({
  method: 'GET',
  path: `/trpc/phases.retrieve?input=${encodeURIComponent(JSON.stringify({ json: input }))}`,
});

const queryBatch = (input: object): Request => ({
  method: 'GET',
  path: `/trpc/${names('phases.retrieve')}?batch=1&input=${encodeURIComponent(inputs(input))}`,
});
