// Retrieves stored phases with one statement; a second one for a response that is too large for the first budget, and one
// before for an abbreviated id of a commit.
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import type { Phase } from '@rsolv/shared/contract/phase';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import type { JsonObject } from '@rsolv/shared/json/json';
import type { Carrier } from '@rsolv/shared/json/read-json-text';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { accessValues, requireAccess } from '../access/forge-access.ts';
import { smallResponseBytes, type ResponseReservation } from '../limits/response-budget.ts';
import { fromDataColumns, type StoredData } from './data-columns.ts';
import { findFullId } from './find-full-id.ts';
import { selectEveryIssue, selectOneIssue } from './retrieve-statements.ts';

/** The caller, and its response. */
export interface Reader {
  readonly principal: Principal;
  /** The budget of the response in the server's memory. */
  readonly reservation: ResponseReservation;
  readonly carriesAnyJson: Carrier['carriesAnyJson'];
}

/**
 * Retrieves the newest completed scan of a commit, and the newest completed validation and mitigation of the issue at any
 * commit. Without an issue: of every issue that has one at this commit. The id of the commit may be abbreviated.
 *
 * @throws what {@link requireAccess} throws; InvalidInputError where the response would be too large or an abbreviated id is
 *   ambiguous; ServerBusyError; UnrepresentableDataError
 */
export async function retrieve(database: Database, reader: Reader, input: RetrieveInput): Promise<RetrieveOutput> {
  const { principal, reservation, carriesAnyJson } = reader;
  const request = { principal, scope: 'phases:read', repository: input } as const;
  const values = { ...accessValues(request), commitSha: await findFullId(database, request, input.commitSha) };
  const { issueNumber } = input;
  if (issueNumber === null) {
    const found = await retrieveWithinBudget(reservation, async (maxBytes) => {
      const [row] = await selectEveryIssue.run(database, { ...values, maxBytes });
      const { bytes, ...rest } = await requireAccess(database.kysely, request, row);
      if (bytes > reservation.maxBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(bytes) }]);
      return { bytes, ...rest };
    });
    return toOutput(found, carriesAnyJson);
  }
  const { scan, validation, mitigation } = await retrieveWithinBudget(reservation, async (maxBytes) => {
    const [row] = await selectOneIssue.run(database, { ...values, maxBytes, issueNumber });
    return requireAccess(database.kysely, request, row);
  });
  const ofIssue = (stored: StoredData | null): ByIssue<StoredData> | null =>
    stored === null ? null : { [`issue-${issueNumber}`]: stored };
  return toOutput({ scan, validation: ofIssue(validation), mitigation: ofIssue(mitigation) }, carriesAnyJson);
}

/** The columns of each phase; of a validation and a mitigation, by issue. */
interface Found {
  readonly scan: StoredData | null;
  readonly validation: ByIssue<StoredData> | null;
  readonly mitigation: ByIssue<StoredData> | null;
}

type ByIssue<Data> = Readonly<Record<`issue-${number}`, Data>>;

function toOutput({ scan, validation, mitigation }: Found, carriesAnyJson: boolean): RetrieveOutput {
  const read = (stored: StoredData, ...path: string[]) => fromDataColumns(stored, { carriesAnyJson, path });
  const readEach = (byIssue: ByIssue<StoredData>, phase: Phase): ByIssue<JsonObject> =>
    Object.fromEntries(Object.entries(byIssue).map(([issue, stored]) => [issue, read(stored, phase, issue)]));
  return {
    ...(scan && { scan: read(scan, 'scan') }),
    ...(validation && { validation: readEach(validation, 'validation') }),
    ...(mitigation && { mitigation: readEach(mitigation, 'mitigation') }),
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
