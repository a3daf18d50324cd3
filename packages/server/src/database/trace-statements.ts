// Spans of statements. A compiled statement's span has its name; one that Kysely or MikroORM sends has its first keyword.
// Their drivers have no hook around a statement, so the connection's own `query` is wrapped.
import type { Tracing } from '../observability/tracing.ts';
import type { RunStatement } from './compiled-statement.ts';

/** Records a span for each compiled statement. */
export const traceRun =
  (run: RunStatement, tracing: Tracing): RunStatement =>
  (statement, values) =>
    tracing.statement(statement.name, () => run(statement, values));

/** A client of pg, or PGlite, which hands its transactions out as objects of their own. */
interface Connection {
  query: (...given: unknown[]) => unknown;
  transaction?: (work: (transaction: object) => unknown) => unknown;
}

/** Records a span for each statement that a connection sends from now on. */
export function traceStatements(connection: object, tracing: Tracing): void {
  if (!isConnection(connection)) return;
  const query = connection.query.bind(connection);
  connection.query = (...given) => {
    const result = query(...given);
    // A query with a callback comes from pg's pool, for a compiled statement: traceRun has its span.
    return result instanceof Promise ? tracing.statement(operationOf(given[0]), () => result) : result;
  };
  const begin = connection.transaction?.bind(connection);
  if (begin === undefined) return;
  connection.transaction = (work) =>
    begin((transaction) => {
      traceStatements(transaction, tracing);
      return work(transaction);
    });
}

const isConnection = (candidate: object): candidate is Connection =>
  'query' in candidate && typeof candidate.query === 'function';

const operations = new Set(['select', 'insert', 'update', 'delete', 'with', 'begin', 'commit', 'rollback']);

function operationOf(statement: unknown): string {
  const [word = ''] = typeof statement === 'string' ? (/\w+/.exec(statement) ?? []) : [];
  return operations.has(word.toLowerCase()) ? word.toLowerCase() : 'statement';
}
