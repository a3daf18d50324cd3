// Two servers on one database: what a request costs then, and that it does not matter which of them is asked.
import { rowOf } from '../alternate.ts';
import { startLoadGenerator } from '../load/load-generator.ts';
import { measureTogether, medianOf, type Measurement } from '../measure.ts';
import { retrieveRequest, storeRequest, type Request } from '../requests.ts';
import { openGround } from '../servers/ground.ts';
import { requireSameAnswers } from '../servers/same-answers.ts';
import type { Bench, Row, Workload } from '../workload.ts';

export const twoServers: Workload = {
  name: 'two-servers',
  title: 'One server, and two on one database with half of the connections each; 3 KB',
  databases: ['postgres'],
  run: async (bench) => {
    await using ground = await openGround(bench.postgres);
    const subjects = [ground.platform, await ground.startAnother({ RSOLV_SERVERS: '2' })] as const;
    await requireSameAnswers(...subjects);
    using secondLoad = startLoadGenerator();
    const [first, second] = [
      { load: bench.load, subject: subjects[0] },
      { load: secondLoad, subject: subjects[1] },
    ];
    const measureBoth = async (request: Request, { connections, options: { seconds } }: Settings) => ({
      one: await measureTogether([first], { ...request, connections, until: { seconds } }),
      two: await measureTogether([first, second], { ...request, connections: connections / 2, until: { seconds } }),
    });
    const rows: Row[] = [];
    for (const [call, request] of Object.entries({ store: storeRequest('shop'), retrieve: retrieveRequest('shop') })) {
      rows.push(...(await takeTurns(call, bench, (settings) => measureBoth(request, settings))));
    }
    return rows;
  },
};

interface Settings extends Pick<Bench, 'options'> {
  readonly connections: number;
}

type Both = Readonly<Record<'one' | 'two', Measurement>>;

async function takeTurns(call: string, { options }: Bench, measureBoth: (settings: Settings) => Promise<Both>) {
  const settings = { options, connections: Math.max(2, options.connections) };
  await measureBoth({ ...settings, options: { ...options, seconds: Math.min(2, options.seconds) } });
  const rounds: Both[] = [];
  for (let round = 0; round < options.rounds; round++) rounds.push(await measureBoth(settings));
  const one = medianOf(rounds.map(({ one }) => one));
  const two = medianOf(rounds.map(({ two }) => two));
  return [
    { call, servers: 1, ...rowOf(one) },
    { call, servers: 2, ...rowOf(two) },
  ];
}
