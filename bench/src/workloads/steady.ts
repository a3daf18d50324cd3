import { round, rowOf } from '../alternate.ts';
import { measure } from '../measure.ts';
import { retrieveRequest, storeRequest } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { memoryOf } from '../servers/resources.ts';
import type { Row, Workload } from '../workload.ts';

const parts = 10;

/** Sends many requests, half of them stores, to show whether memory grows after the first tenth. */
export const steady: Workload = {
  name: 'steady',
  title: 'Memory over many requests, half of them stores',
  databases: ['postgres', 'pglite'],
  run: async ({ options, load, postgres }) => {
    await using ground = await openGround(postgres);
    const { platform } = ground;
    const requests = Math.ceil(options.requests / parts / 2);
    const pressure = { connections: Math.min(options.connections, requests), until: { requests } };
    const rows: Row[] = [];
    for (let part = 1; part <= parts; part++) {
      const stored = await measure(load, platform, { ...storeRequest('shop'), ...pressure });
      await measure(load, platform, { ...retrieveRequest('shop'), ...pressure });
      const resident = (memoryOf(platform.pid)?.now ?? Number.NaN) / 1024 ** 2;
      const first = rows[0]?.['RSS MB'];
      rows.push({
        'after requests': 2 * requests * part,
        'RSS MB': round(resident, 1),
        'of the first': typeof first === 'number' ? round(resident / first, 3) : 1,
        ...rowOf(stored),
      });
    }
    return rows;
  },
};
