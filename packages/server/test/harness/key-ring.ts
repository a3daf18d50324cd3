import type { Caller } from '../../src/customers/authenticate.ts';
import { makeKeyRing } from '../../src/customers/key-ring.ts';

/** The peppers of all tests, the current one first. */
export const testPeppers = ['the current pepper of all the tests', 'the older pepper of all the tests'] as const;

export const keyRing = makeKeyRing(testPeppers);

/** Whoever shows this key. */
export const callerWith = (secret: string): Caller => ({ keyHashes: keyRing.candidates(secret) });
