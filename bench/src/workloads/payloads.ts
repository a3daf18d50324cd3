// Measures the effect of payload size: throughput and cost per byte from 1 KB to 10 MB, the memory that a large store takes,
// and the latency of small requests beside large ones.
import { alternate, round, rowOf } from '../alternate.ts';
import { startLoadGenerator } from '../load/load-generator.ts';
import { measure, medianOf, type Measurement } from '../measure.ts';
import { untilOf } from '../options.ts';
import { retrieveRequest, storeRequest } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { forgetPeak, memoryOf } from '../servers/resources.ts';
import { send } from '../servers/same-answers.ts';
import type { Subject } from '../servers/subject.ts';
import type { Bench, Row, Workload } from '../workload.ts';

const mb = 1024 ** 2;
/** The sizes of bodies. The last is the default limit of a server. */
const sizes = [1024, 10 * 1024, 100 * 1024, mb, 10 * mb];

const connections = 4;

/**
 * Returns the number of requests, so that all sizes take about the same time. A time limit would abort requests that the
 * server then continues to process.
 */
const requestsFor = (seconds: number, bytes: number) =>
  Math.max(2 * connections, Math.round(seconds * Math.min(500, (4 * mb) / bytes)));

export const payloads: Workload = {
  name: 'payloads',
  title: 'Throughput by size of the scan, 4 connections',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const subjects = [ground.platform, ground.ceiling];
    const rows: Row[] = [];
    for (const bytes of sizes) {
      const repository = `of-${bytes}-bytes`;
      const requests = { store: storeRequest(repository, bytes), retrieve: retrieveRequest(repository) };
      for (const subject of subjects) await send(subject, requests.store);
      for (const [call, request] of Object.entries(requests)) {
        const turns = subjects.map((subject) => ({ subject, request }));
        const until = { requests: requestsFor(bench.options.seconds, bytes) };
        const measured = await alternate(bench, turns, { about: { call, bytes }, pressure: { connections, until } });
        for (const row of measured) rows.push({ ...row, ...perMegabyte(row, bytes) });
      }
    }
    return rows;
  },
};

function perMegabyte(row: Row, bytes: number): Row {
  const times = (column: string, factor: number) => {
    const value = row[column];
    return typeof value === 'number' ? round(value * factor, 2) : null;
  };
  return {
    'MB per second': times('per second', bytes / mb),
    'CPU ms per MB, server': times('CPU ms, server', mb / bytes),
  };
}

const large = storeRequest('large', 10 * mb);
const largeBytes = large.body?.length ?? 0;

export const memory: Workload = {
  name: 'memory',
  title: 'Memory of a server that takes one store of 10 MB',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const rows: Row[] = [];
    for (const subject of [ground.platform, ground.ceiling]) {
      for (let round = 0; round < bench.options.rounds; round++) rows.push(await measureMemory(subject, round));
    }
    return rows;
  },
};

async function measureMemory(subject: Subject, before: number): Promise<Row> {
  const atRest = memoryOf(subject.pid)?.now ?? Number.NaN;
  forgetPeak(subject.pid);
  await send(subject, large);
  const peak = memoryOf(subject.pid)?.peak ?? Number.NaN;
  return {
    server: subject.name,
    'large stores before': before,
    'body MB': round(largeBytes / mb, 2),
    'RSS MB, at rest': round(atRest / mb, 1),
    'RSS MB, peak': round(peak / mb, 1),
    'grown, in bodies': round((peak - atRest) / largeBytes, 2),
    'peak, in bodies': round(peak / largeBytes, 2),
  };
}

export const neighbours: Workload = {
  name: 'neighbours',
  title: 'Small requests, alone and beside stores of 10 MB one after the other; 8 connections',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const rows: Row[] = [];
    for (const subject of [ground.platform, ground.ceiling]) {
      await send(subject, storeRequest('shop'));
      await send(subject, large);
      rows.push(...(await measureNeighbours(bench, subject)));
    }
    return rows;
  },
};

async function measureNeighbours({ load, options }: Bench, subject: Subject): Promise<Row[]> {
  using largeLoad = startLoadGenerator();
  const rows: Row[] = [];
  for (const [call, request] of Object.entries({ store: storeRequest('shop'), retrieve: retrieveRequest('shop') })) {
    const small = () => measure(load, subject, { ...request, connections: 8, until: untilOf(options) });
    const measured: Record<string, Measurement[]> = { alone: [], 'beside large stores': [] };
    for (let round = 0; round < options.rounds; round++) {
      measured['alone']?.push(await small());
      const largeStores = measure(largeLoad, subject, {
        ...large,
        connections: 1,
        until: { seconds: options.seconds + 1 },
      });
      measured['beside large stores']?.push(await small());
      await largeStores;
    }
    for (const [beside, measurements] of Object.entries(measured)) {
      rows.push({ call, server: subject.name, small: beside, ...rowOf(medianOf(measurements)) });
    }
  }
  return rows;
}
