// Retrieves stored phases with one statement, or a second one for a response that is too large for the first budget.
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { accessValues, requireAccess } from '../access/forge-access.ts';
import { smallResponseBytes, type ResponseReservation } from '../limits/response-budget.ts';
import { selectEveryIssue, selectOneIssue } from './retrieve-statements.ts';

/** The caller, and the budget of its response in the server's memory. */
export interface Reader {
  readonly principal: Principal;
  readonly reservation: ResponseReservation;
}

/**
 * Retrieves the newest completed scan of a commit, and the newest completed validation and mitigation of the issue at any
 * commit. Without an issue: of every issue that has one at this commit.
 *
 * @throws what {@link requireAccess} throws; InvalidInputError where the response would be too large; ServerBusyError
 */
export async function retrieve(database: Database, reader: Reader, input: RetrieveInput): Promise<RetrieveOutput> {
  const { principal, reservation } = reader;
  const request = { principal, scope: 'phases:read', repository: input } as const;
  const values = { ...accessValues(request), commitSha: input.commitSha };
  const { issueNumber } = input;
  if (issueNumber === null) {
    const { scan, validation, mitigation } = await retrieveWithinBudget(reservation, async (maxBytes) => {
      const [found] = await selectEveryIssue.run(database, { ...values, maxBytes });
      const { bytes, ...rest } = await requireAccess(database.kysely, request, found);
      if (bytes > reservation.maxBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(bytes) }]);
      return { bytes, ...rest };
    });
    return { ...(scan && { scan }), ...(validation && { validation }), ...(mitigation && { mitigation }) };
  }
  const { scan, validation, mitigation } = await retrieveWithinBudget(reservation, async (maxBytes) => {
    const [found] = await selectOneIssue.run(database, { ...values, maxBytes, issueNumber });
    return requireAccess(database.kysely, request, found);
  });
  return {
    ...(scan && { scan }),
    ...(validation && { validation: { [`issue-${issueNumber}`]: validation } }),
    ...(mitigation && { mitigation: { [`issue-${issueNumber}`]: mitigation } }),
  };
}

/** Reads with the budget of a small response first, and again with the budget that the data needs. */
async function retrieveWithinBudget<Found extends { readonly bytes: number; readonly customer_id: string }>(
  reservation: ResponseReservation,
  read: (maxBytes: number) => Promise<Found>,
): Promise<Found> {
  let taken = 0;
  let found = await read(smallResponseBytes);
  // Repeats where larger data was stored between two reads.
  while (found.bytes > Math.max(smallResponseBytes, taken)) {
    await reservation.reserve(found.customer_id, found.bytes - taken);
    taken = found.bytes;
    found = await read(taken);
  }
  return found;
}

const tooLarge = (bytes: number) =>
  `is required for this commit: all its issues together have ${Math.round(bytes / 1024 ** 2)} MB, which is too large for one response`;
