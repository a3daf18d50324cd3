// Spans of statements. Those that are written once have a name; what Kysely and MikroORM send goes by its first word:
// drivers have no hook around a statement, so the connections' own `query` is surrounded.
import type { Tracing } from '../observability/tracing.ts';

/** Runs a statement that is written once. */
type Run = <Row extends object>(
  statement: { readonly name: string; readonly text: string },
  values: unknown[],
) => Promise<Row[]>;

/** The same, within a span. */
export const tracedRun =
  (run: Run, tracing: Tracing): Run =>
  (statement, values) =>
    tracing.statement(statement.name, () => run(statement, values));

/** What sends statements: a client of pg, or PGlite, whose transactions are objects of their own. */
interface Connection {
  query: (...given: unknown[]) => unknown;
  transaction?: (work: (transaction: object) => unknown) => unknown;
}

/** Has the statements of a connection traced from now on. */
export function traceStatements(connection: object, tracing: Tracing): void {
  if (!isConnection(connection)) return;
  const query = connection.query.bind(connection);
  connection.query = (...given) => {
    const result = query(...given);
    // What is sent by callback is sent by pg's pool, for a statement with a name.
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
