import { alternate } from '../alternate.ts';
import { storeRequest } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import type { Row, Workload } from '../workload.ts';

const writers = 64;

/** Compares writers to one repository with writers to separate repositories, to show whether they block each other. */
export const contention: Workload = {
  name: 'contention',
  title: `${writers} writers of 3 KB scans, on one repository and on ${writers}`,
  databases: ['postgres'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const rows: Row[] = [];
    // Both use the same numbers, so that the load generator does the same work.
    const numbers = { below: writers };
    for (const subject of [ground.platform, ground.ceiling]) {
      const turns = [
        { subject, request: { ...storeRequest('shared'), numbers }, about: { repositories: 1 } },
        { subject, request: { ...storeRequest('own-{n}'), numbers }, about: { repositories: writers } },
      ];
      const about = { server: subject.name };
      const pressure = { connections: writers };
      rows.push(...(await alternate(bench, turns, { about, pressure, share: `of ${writers} repositories` })));
    }
    return rows;
  },
};
