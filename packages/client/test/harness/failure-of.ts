import { inspect } from 'node:util';
import { expect } from 'vitest';
import { isRsolvError, type RsolvError } from '../../src/index.ts';

/** What a promise rejects with, which has to be an error of the package. */
export const failureOf = (promise: Promise<unknown>): Promise<RsolvError> =>
  promise.then(
    () => expect.fail('it did not reject'),
    (thrown: unknown) => (isRsolvError(thrown) ? thrown : expect.fail(`not ours: ${inspect(thrown)}`)),
  );
