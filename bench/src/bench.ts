// `npm run bench`: measures the selected workloads one after the other, and writes their results. `npm run bench -- identity`
// measures how well findings are recognized, without a server.
import { describeMachine } from './machine.ts';
import { runIdentity } from './identity/run-identity.ts';
import { startLoadGenerator } from './load/load-generator.ts';
import { readOptions, type DatabaseKind, type Options } from './options.ts';
import { drawPlots } from './plots.ts';
import { formatFacts, formatTable, writeResult } from './report.ts';
import { settingsOf, startPostgres } from './servers/postgres.ts';
import type { Workload } from './workload.ts';
import { contention } from './workloads/contention.ts';
import { memory, neighbours, payloads } from './workloads/payloads.ts';
import { peers } from './workloads/peers.ts';
import { scale } from './workloads/scale.ts';
import { start } from './workloads/start.ts';
import { steady } from './workloads/steady.ts';
import { latency, retrieve, store } from './workloads/store-and-retrieve.ts';
import { trpc } from './workloads/trpc.ts';
import { twoServers } from './workloads/two-servers.ts';

const workloads: readonly Workload[] = [
  store,
  retrieve,
  latency,
  trpc,
  payloads,
  memory,
  neighbours,
  scale,
  contention,
  start,
  twoServers,
  steady,
  peers,
];

/** Selects the workloads that are named, or by default all that do not run only on demand. */
function choose({ only }: Options): readonly Workload[] {
  const unknown = only.filter((name) => !workloads.some((each) => each.name === name));
  if (unknown.length === 0)
    return workloads.filter(({ name, isOnDemand }) => (only.length === 0 ? isOnDemand !== true : only.includes(name)));
  const known = workloads.map(({ name }) => name).join(', ');
  throw new Error(`--only ${unknown.join(',')}: there is no such workload; there are ${known}`);
}

async function measureOn(database: DatabaseKind, options: Options, chosen: readonly Workload[]): Promise<void> {
  const fitting = chosen.filter(({ databases }) => databases.includes(database));
  if (fitting.length === 0) return;
  await using stack = new AsyncDisposableStack();
  const postgres = database === 'postgres' ? stack.use(await startPostgres(options.postgresUrl)) : undefined;
  const settings = postgres === undefined ? {} : await settingsOf(postgres.url);
  if (postgres !== undefined) console.log(`\nPostgreSQL\n${formatFacts(settings)}`);
  const load = stack.use(startLoadGenerator());
  for (const workload of fitting) {
    const rows = await workload.run({ options, load, postgres });
    console.log(`\n${workload.title}, ${database}\n${formatTable(rows)}`);
    const { seconds, amount, rounds, connections, rows: tableRows, requests } = options;
    const result = {
      workload: workload.name,
      title: workload.title,
      database,
      measuredAt: new Date().toISOString(),
      machine,
      settings,
      options: { seconds, amount, rounds, connections, rows: tableRows, requests },
      rows,
    };
    writeResult(options.results, result);
    await drawPlots(options.results, result);
  }
}

const machine = describeMachine();
const [command, ...args] = process.argv.slice(2);

try {
  if (command === 'identity') process.exit(runIdentity(args, console.log) ? 0 : 1);
  const options = readOptions(process.argv.slice(2));
  const chosen = choose(options);
  console.log(formatFacts(machine));
  for (const database of options.databases) await measureOn(database, options, chosen);
} catch (thrown) {
  console.error(thrown);
  process.exit(1);
}
