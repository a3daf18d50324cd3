import { uuidv7 } from 'uuidv7';
import { local, originOf } from '../../src/audit/actor.ts';
import type { Caller } from '../../src/customers/authenticate.ts';
import { makeKeyRing } from '../../src/customers/key-ring.ts';
import { AnswerRoom, AnswerSpace } from '../../src/limits/answer-room.ts';
import type { Reader } from '../../src/phases/retrieve.ts';

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
  room: new AnswerRoom(new AnswerSpace({ maxBytes: Infinity, patienceMs: 0 }), () => {}),
});

/** Whoever sets a test up. */
export const by = local('operator');
