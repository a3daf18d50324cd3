import { DatabaseLostError } from './database-lost-error.ts';

/** What sockets and name lookups report when a server can't be reached. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * PostgreSQL's own: connection exceptions, a full disk and whatever else it has too little of, shutting down or starting up,
 * what its disk refuses, read-only standby, a lock that somebody else held for too long, what took longer than somebody waits.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const sqlStates = /^(08...|53...|57014|57P0[123]|58030|25006|55P03)$/;

/** What pg and pg-pool say without a code. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|driver has already been destroyed|PGlite is clos)/;

/** Whether something was thrown because the database is out of reach, so that trying again later may help. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof DatabaseLostError) return true;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (networkCodes.has(code) || sqlStates.test(code) || driverMessages.test(thrown.message)) return true;
  if (thrown instanceof AggregateError) return thrown.errors.some(isDatabaseUnavailable);
  return isDatabaseUnavailable(thrown.cause);
}
