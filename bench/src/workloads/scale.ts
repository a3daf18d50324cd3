// What the size of the tables does: the same calls, in turns, on databases with few and with many executions, whose rows
// SQL makes. Each call picks a repository at random, so that caches have to do with the whole table.
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

/** A commit as long as a real one, with a number at its end. */
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
  // From none, so that the numbers that SQL counts from one have one less to choose from.
  const numbers = { below: isOne ? executions / 2 : repositories };
  if (call === 'store') return { ...storeRequest(repository), numbers };
  const issue = isOne ? '{n}' : '1';
  const retrieval = retrieveRequest(repository, commitOf(issue));
  return { ...retrieval, path: retrieval.path.replace('issue=1', `issue=${issue}`), numbers };
}

async function fillTables(url: string, { executions, repositories }: Fill): Promise<void> {
  const findings = JSON.stringify(scanOf('', 1024).data).replaceAll("'", "''");
  const each = executions / repositories / 2;
  // Every repository's executions lie between those of all others, as they do where all of them store now and then.
  const from = `
    select uuidv7(), customer_id, id, '${commitOf('')}' || number, 'completed', '${findings}'::jsonb, now(), now(), number
    from generate_series(1, ${each}) as number, repositories where name like 'r-%' order by number`;
  const columns = 'id, customer_id, repository_id, commit_sha, status, data, started_at, completed_at';
  await query(
    url,
    // References are good by themselves, and to look each of them up would take most of the time.
    `set session_replication_role = replica;
    insert into repositories (id, customer_id, forge_type, namespace, name)
      select uuidv7(), customers.id, 'github', '${namespace}', 'r-' || number
      from customers, generate_series(1, ${repositories}) as number;
    insert into scan_executions (${columns}, vulnerabilities_count) ${from};
    insert into validation_executions (${columns}, issue_number) ${from}`,
  );
  // Now, so that neither autovacuum nor a checkpoint comes to it in the middle of what is measured.
  await query(url, 'vacuum (freeze, analyze)');
  await query(url, 'checkpoint');
}
