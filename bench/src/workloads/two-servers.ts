// Measures two servers on one database: the cost of a request, and that both servers return the same data.
import { rowOf } from '../alternate.ts';
import { startLoadGenerator } from '../load/load-generator.ts';
import { measureTogether, medianOf, type Measurement, type Pressure } from '../measure.ts';
import { untilOf } from '../options.ts';
import { retrieveRequest, storeRequest, type Request } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { requireSameAnswers, requireSamePhases } from '../servers/same-answers.ts';
import type { Bench, Row, Workload } from '../workload.ts';

export const twoServers: Workload = {
  name: 'two-servers',
  title: 'One server, and two on one database with half of the connections each; 3 KB',
  databases: ['postgres'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const subjects = [ground.platform, await ground.startAnother({ RSOLV_SERVERS: '2' })] as const;
    await requireSameAnswers(...subjects);
    await requireSamePhases(...subjects);
    using secondLoad = startLoadGenerator();
    const [first, second] = [
      { load: bench.load, subject: subjects[0] },
      { load: secondLoad, subject: subjects[1] },
    ];
    const connections = Math.max(1, Math.floor(bench.options.connections / 2));
    const measureBoth = async (job: Request & Pick<Pressure, 'until'>) => ({
      one: await measureTogether([first], { ...job, connections: 2 * connections }),
      two: await measureTogether([first, second], { ...job, connections }),
    });
    const rows: Row[] = [];
    for (const [call, request] of Object.entries({ store: storeRequest('shop'), retrieve: retrieveRequest('shop') })) {
      rows.push(...(await takeTurns(call, bench, (until) => measureBoth({ ...request, until }))));
    }
    return rows;
  },
};

type Both = Readonly<Record<'one' | 'two', Measurement>>;

async function takeTurns(call: string, { options }: Bench, measureBoth: (until: Pressure['until']) => Promise<Both>) {
  await measureBoth(untilOf(options, 2));
  const rounds: Both[] = [];
  for (let round = 0; round < options.rounds; round++) rounds.push(await measureBoth(untilOf(options)));
  const one = medianOf(rounds.map(({ one }) => one));
  const two = medianOf(rounds.map(({ two }) => two));
  return [
    { call, servers: 1, ...rowOf(one) },
    { call, servers: 2, ...rowOf(two) },
  ];
}
