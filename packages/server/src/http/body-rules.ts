import { authenticate } from '../access/authenticate.ts';
import type { Context } from '../rpc/context.ts';
import { smallBodyBytes, type BodyRules } from './body.ts';

/** The rules for the body of a request: without an API key it has to be small. */
export const bodyRules = (
  { platform: { bodyLimitBytes, database }, principal }: Context,
  needsKey: boolean,
): Omit<BodyRules, 'type'> =>
  needsKey
    ? { limitBytes: bodyLimitBytes, requireValidKey: () => authenticate(database.kysely, principal) }
    : { limitBytes: smallBodyBytes };
