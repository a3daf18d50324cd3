// PostGraphile on PostgreSQL, as its documentation sets it up for production: the Amber preset, no GraphiQL, a role of
// its own for requests, and row level security. The key's hash goes into the settings of the transaction, and the
// policies find out whose it is, so that it takes no round trip of its own.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { postgraphile } from 'postgraphile';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const { DATABASE_URL, PORT } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
await pool.query(`
  create schema hidden;
  create table hidden.api_keys (
    key_hash text primary key,
    customer_id uuid not null,
    revoked_at timestamptz
  );
  create function hidden.customer_id() returns uuid language sql stable security definer as
    $$ select customer_id from hidden.api_keys
       where key_hash = current_setting('bench.key_hash', true) and revoked_at is null $$;
  create schema app;
  create table app.scan_executions (
    id uuid primary key default gen_random_uuid(),
    customer_id uuid not null default hidden.customer_id(),
    repo text not null,
    commit_sha text not null,
    branch text,
    data jsonb not null,
    created_at timestamptz not null default now()
  );
  create index on app.scan_executions (customer_id, repo, commit_sha, created_at desc);
  alter table app.scan_executions enable row level security;
  create policy own on app.scan_executions using (customer_id = (select hidden.customer_id()));
  do $$ begin create role bench_visitor; exception when duplicate_object then null; end $$;
  grant usage on schema hidden, app to bench_visitor;
  grant execute on function hidden.customer_id() to bench_visitor;
  grant select, insert on app.scan_executions to bench_visitor;
`);

const hashOf = (key) => createHash('sha256').update(key).digest('hex');
await pool.query('insert into hidden.api_keys (key_hash, customer_id) values ($1, gen_random_uuid())', [
  hashOf(process.env.BENCH_KEY),
]);

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ['app'] })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false, watch: false, maxRequestLength: 20_000_000 },
  grafast: {
    explain: false,
    context: ({ node }) => ({
      pgSettings: { role: 'bench_visitor', 'bench.key_hash': hashOf(String(node?.req.headers['x-api-key'])) },
    }),
  },
});
const served = instance.createServ(grafserv);
await served.ready();
const handle = served.createHandler();
createServer((request, response) => (request.url === '/ready' ? response.end() : handle(request, response))).listen(
  Number(PORT),
  '127.0.0.1',
);
process.on('SIGTERM', () => process.exit());
