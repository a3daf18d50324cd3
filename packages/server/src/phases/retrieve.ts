// Retrieves what the phases before have stored: one statement, or a second one where that needs room in the server's memory.
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { accessValues, requireAccess } from '../access/forge-access.ts';
import { smallResponseBytes, type ResponseReservation } from '../limits/response-budget.ts';
import { selectEveryIssue, selectOneIssue } from './retrieve-statements.ts';

/** Who wants to know, and the room that the answer takes in the server's memory. */
export interface Reader {
  readonly principal: Principal;
  readonly reservation: ResponseReservation;
}

/**
 * What is stored for a repository, commit and issue: the newest scan of the commit, and the newest validation and
 * mitigation of the issue at whatever commit, or of every issue at this commit where none is named.
 *
 * @throws what {@link requireAccess} throws; InvalidInputError where the answer would be too large; ServerBusyError
 */
export async function retrieve(database: Database, reader: Reader, input: RetrieveInput): Promise<RetrieveOutput> {
  const { principal, reservation } = reader;
  const request = { principal, scope: 'phases:read', repository: input } as const;
  const values = { ...accessValues(request), commitSha: input.commitSha };
  const { issueNumber } = input;
  if (issueNumber === null) {
    const { scan, validation, mitigation } = await findWithin(reservation, async (roomBytes) => {
      const [found] = await selectEveryIssue.run(database, { ...values, roomBytes });
      const { bytes, ...rest } = await requireAccess(database.kysely, request, found);
      if (bytes > reservation.maxBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(bytes) }]);
      return { bytes, ...rest };
    });
    return { ...(scan && { scan }), ...(validation && { validation }), ...(mitigation && { mitigation }) };
  }
  const { scan, validation, mitigation } = await findWithin(reservation, async (roomBytes) => {
    const [found] = await selectOneIssue.run(database, { ...values, roomBytes, issueNumber });
    return requireAccess(database.kysely, request, found);
  });
  return {
    ...(scan && { scan }),
    ...(validation && { validation: { [`issue-${issueNumber}`]: validation } }),
    ...(mitigation && { mitigation: { [`issue-${issueNumber}`]: mitigation } }),
  };
}

/** What is found within the room that it needs: looks first for what is small, and for more once there is room for it. */
async function findWithin<Found extends { readonly bytes: number; readonly customer_id: string }>(
  reservation: ResponseReservation,
  look: (roomBytes: number) => Promise<Found>,
): Promise<Found> {
  let taken = 0;
  let found = await look(smallResponseBytes);
  // Again where something larger was stored in between.
  while (found.bytes > Math.max(smallResponseBytes, taken)) {
    await reservation.reserve(found.customer_id, found.bytes - taken);
    taken = found.bytes;
    found = await look(taken);
  }
  return found;
}

const tooLarge = (bytes: number) =>
  `must be given: all issues of this commit together have ${Math.round(bytes / 1024 ** 2)} MB, more than one answer can hold`;
