// Measures the effect of table size: the same calls alternate between databases with few and with many executions, which are
// generated in SQL. Each call picks a repository at random, so that all of the table has to fit into the caches.
import { alternate } from '../alternate.ts';
import { namespace } from '../servers/platform.ts';
import { retrieveRequest, scanOf, storeRequest, type Request } from '../requests.ts';
import { openGround, type Ground } from '../servers/ground.ts';
import { query } from '../servers/postgres.ts';
import type { Row, Workload } from '../workload.ts';

/** Half of the executions are scans, the other half validations of as many issues. */
interface Fill {
  readonly executions: number;
  readonly repositories: number;
}

const few = 10_000;
const inOneRepository = 100_000;
const perRepository = 10;

/** A commit SHA of the usual length that ends with a number. */
const commitOf = (number: string) => `692f480c9ebd731a6b48cf6cdbe3ca92c872${number}`;

export const scale: Workload = {
  name: 'scale',
  title: 'The same calls on small and large tables',
  databases: ['postgres'],
  run: async (bench) => {
    await using stack = new AsyncDisposableStack();
    const { rows: many } = bench.options;
    const grounds: { readonly ground: Ground; readonly fill: Fill }[] = [];
    for (const fill of [
      { executions: many, repositories: many / perRepository },
      { executions: inOneRepository, repositories: 1 },
      { executions: few, repositories: few / perRepository },
    ]) {
      const ground = stack.use(await openGround(bench.postgres));
      await fillTables(ground.databaseUrl ?? '', fill);
      grounds.push({ ground, fill });
    }
    const rows: Row[] = [];
    for (const call of ['store', 'retrieve'] as const) {
      const turns = grounds.map(({ ground, fill }) => ({
        subject: ground.platform,
        request: requestFor(call, fill),
        about: { call, server: 'platform', ...fill },
      }));
      rows.push(...(await alternate(bench, turns, { about: {}, share: `of ${few} executions` })));
    }
    return rows;
  },
};

function requestFor(call: 'store' | 'retrieve', { executions, repositories }: Fill): Request {
  const isOne = repositories === 1;
  const repository = isOne ? 'r-1' : 'r-{n}';
  // The load generator counts from zero, and SQL counts from one.
  const numbers = { below: isOne ? executions / 2 : repositories };
  if (call === 'store') return { ...storeRequest(repository), numbers };
  const issue = isOne ? '{n}' : '1';
  const retrieval = retrieveRequest(repository, commitOf(issue));
  return { ...retrieval, path: retrieval.path.replace('issue=1', `issue=${issue}`), numbers };
}

async function fillTables(url: string, { executions, repositories }: Fill): Promise<void> {
  const findings = JSON.stringify(scanOf('', 1024).data).replaceAll("'", "''");
  const each = executions / repositories / 2;
  // The rows of all repositories are interleaved, as they are if all repositories store results over time.
  const from = `
    select uuidv7(), customer_id, id, '${commitOf('')}' || number, 'completed', '${findings}'::jsonb, now(), now(), number
    from generate_series(1, ${each}) as number, repositories where name like 'r-%' order by number`;
  const columns = 'id, customer_id, repository_id, commit_sha, status, data, started_at, completed_at';
  await query(
    url,
    // All references are valid, and checking each of them would take most of the time.
    `set session_replication_role = replica;
    insert into repositories (id, customer_id, forge_type, namespace, name)
      select uuidv7(), customers.id, 'github', '${namespace}', 'r-' || number
      from customers, generate_series(1, ${repositories}) as number;
    insert into scan_executions (${columns}, vulnerabilities_count) ${from};
    insert into validation_executions (${columns}, issue_number) ${from}`,
  );
  // Run now, so that neither autovacuum nor a checkpoint interferes with the measurement.
  await query(url, 'vacuum (freeze, analyze)');
  await query(url, 'checkpoint');
}
