import { uuidv7 } from 'uuidv7';
import { local, originOf } from '@rsolv/server/audit/actor';
import type { Caller } from '@rsolv/server/access/authenticate';
import { makeKeyRing } from '@rsolv/server/access/key-ring';
import { ResponseReservation, ResponseBudget } from '@rsolv/server/limits/response-budget';
import type { Reader } from '@rsolv/server/phases/retrieve';

/** The peppers of all tests, the current one first. */
export const testPeppers = ['the current pepper of all the tests', 'the older pepper of all the tests'] as const;

export const keyRing = makeKeyRing(testPeppers);

/** Whoever shows this key. */
export const callerWith = (secret: string): Caller => ({
  keyHashes: keyRing.candidates(secret),
  origin: originOf({ requestId: uuidv7(), address: null, secret }),
});

/** Whoever shows this key, and wants to read; there is room for any answer. */
export const readerWith = (secret: string): Reader => ({
  caller: callerWith(secret),
  room: new ResponseReservation(new ResponseBudget({ maxBytes: Infinity, timeoutMs: 0 }), () => {}),
});

/** Whoever sets a test up. */
export const by = local('operator');
