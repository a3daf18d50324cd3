import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { forgetKeys } from './phases/idempotency.ts';

const everyMs = 60 * 60_000;

/** Does what has to be done now and then, until it is stopped. Several servers may do it at once. */
export function keepHouse(database: Database, log: Logger): { stop: () => void } {
  const timer = setInterval(() => {
    forgetKeys(database.kysely).catch((failure: unknown) =>
      log.error({ failure }, 'could not forget idempotency keys'),
    );
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
