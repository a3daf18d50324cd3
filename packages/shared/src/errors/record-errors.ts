// What is said where a customer's records can't be found or changed as asked, to callers and to operators alike.
import { ConflictError, UnknownRecordError } from './platform-error.ts';

/** Which claim is meant, and whose it is. */
export interface ClaimFacts {
  readonly customer: string;
  readonly forge: string;
  readonly namespace: string;
}

/** No key of the customer has that id. */
export const noSuchKey = (id: string) =>
  new UnknownRecordError(
    `There is no API key with the id "${id}". List the ids with "rsolv key list" or GET /api/v1/keys.`,
  );

/** A key that counts no longer is not replaced. */
export const keyCountsNoLonger = ({ name, lastFour }: { readonly name: string; readonly lastFour: string }) =>
  new ConflictError(`The API key "${name}" (…${lastFour}) counts no longer. Make a new one instead.`);

/** A workflow gets its keys by itself. */
export const keyIsWorkflows = () =>
  new ConflictError(
    'This API key was given to a workflow, which gets a new one for its next ID token. It can be revoked.',
  );

/** Keys are unique. */
export const keyInUse = (options?: ErrorOptions) =>
  new ConflictError('This key is in use already. A key belongs to one customer and is imported once.', options);

/** A customer has so many keys that count, and no more. */
export const tooManyKeys = (most: number) =>
  new ConflictError(
    `The customer has ${most} API keys that count, and can't have more. Revoke those that nobody uses: they are listed by "rsolv key list" and GET /api/v1/keys.`,
  );

/** A customer has so many claims, and no more. */
export const tooManyClaims = (most: number) =>
  new ConflictError(
    `The customer has ${most} forge accounts, and can't have more. Remove those that nobody needs: they are listed by "rsolv forge list" and GET /api/v1/forge-accounts.`,
  );

/** The customer has no such claim. */
export const noSuchClaim = ({ customer, forge, namespace }: ClaimFacts) =>
  new UnknownRecordError(
    `The customer "${customer}" has no ${forge} forge account for "${namespace}". ` +
      `Add it with: rsolv forge add --customer "${customer}" --forge ${forge} --namespace ${namespace}`,
  );

/** The customer has that claim already. */
export const claimExists = ({ customer, forge, namespace }: ClaimFacts, options?: ErrorOptions) =>
  new ConflictError(`The customer "${customer}" has a ${forge} forge account for "${namespace}" already.`, options);

/**
 * Another customer holds the namespace, one that it lies in, or one below it. Names only what the caller named itself:
 * what lies below may be a secret of the one who holds it.
 *
 * @param facts `held` is what the other customer holds
 */
export function namespaceIsHeld(facts: { readonly forge: string; readonly namespace: string; readonly held: string }) {
  const { forge, namespace, held } = facts;
  const what = `the ${forge} namespace "${namespace.slice(0, held.length)}"`;
  const relation =
    held.length > namespace.length
      ? `a namespace below ${what} verified, so this one can't be held as a whole`
      : `${what} verified${held.length < namespace.length ? ', and with it all that lies below' : ''}, and only one can`;
  return new ConflictError(
    `Another customer holds ${relation}. Find out which with "rsolv forge list", and remove it there first.`,
  );
}

/** Customers' names are unique. */
export const customerExists = (name: string, options?: ErrorOptions) =>
  new ConflictError(`There is a customer "${name}" already. List customers with: rsolv customer list`, options);
