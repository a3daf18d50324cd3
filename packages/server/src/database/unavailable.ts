import { DatabaseLostError } from './database-lost-error.ts';
import { isConflict } from './retry-conflicts.ts';

/** Codes of sockets and name lookups for a server that can't be reached. */
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
 * Codes of PostgreSQL: connection exceptions, insufficient resources such as a full disk, a canceled statement, shutdown and
 * startup, an I/O error, a read-only standby, a lock timeout.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const sqlStates = /^(08...|53...|57014|57P0[123]|58030|25006|55P03)$/;

/** Messages of pg, pg-pool, Kysely and PGlite that come without a code. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|driver has already been destroyed|PGlite is clos)/;

/** Whether the database is temporarily unavailable, so that a retry may succeed. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof DatabaseLostError || isConflict(thrown)) return true;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (networkCodes.has(code) || sqlStates.test(code) || driverMessages.test(thrown.message)) return true;
  if (thrown instanceof AggregateError) return thrown.errors.some(isDatabaseUnavailable);
  return isDatabaseUnavailable(thrown.cause);
}
