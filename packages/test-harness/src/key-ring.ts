import { uuidv7 } from 'uuidv7';
import { local, originOf } from '@rsolv/server/audit/actor';
import { makeKeyRing } from '@rsolv/server/access/key-ring';
import { Principal } from '@rsolv/server/access/principal';
import { ResponseReservation, ResponseBudget } from '@rsolv/server/limits/response-budget';
import type { Reader } from '@rsolv/server/phases/retrieve';

/** The peppers of all tests, the current one first. */
export const testPeppers = ['the current pepper of all the tests', 'the older pepper of all the tests'] as const;

export const keyRing = makeKeyRing(testPeppers);

/** The principal of a request with this API key, to a server with these peppers. */
export const principalWith = (secret: string, ring = keyRing): Principal =>
  new Principal({
    origin: originOf({ requestId: uuidv7(), address: null, secret }),
    keyHashes: ring.candidates(secret),
    isWorkflow: false,
  });

/** A reader with this API key, and with a reservation that accepts responses of any size. */
export const readerWith = (secret: string): Reader => ({
  principal: principalWith(secret),
  reservation: new ResponseReservation(new ResponseBudget({ maxBytes: Infinity, timeoutMs: 0 }), () => {}),
  carriesAnyJson: true,
});

/** The actor of all actions that set up a test. */
export const by = local('operator');
