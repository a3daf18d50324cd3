import type { PageRequest } from '@rsolv/shared/contract/page';
import type { PrintedRecord } from './records.ts';

/** A page of a list as it is printed. */
export interface PrintedPage {
  readonly records: readonly PrintedRecord[];
  readonly nextCursor: string | null;
}

/** Rows of one statement: few enough to keep an embedded database responsive. */
const pageSize = 1000;

/** Reads the pages of a list one after the other, up to a number of records in total. */
export async function* followPages(read: (page: PageRequest) => Promise<PrintedPage>, maxRecords = Infinity) {
  let remaining = maxRecords;
  let cursor: string | null | undefined;
  while (cursor !== null && remaining > 0) {
    const { records, nextCursor }: PrintedPage = await read({ limit: Math.min(pageSize, remaining), cursor });
    yield records;
    cursor = nextCursor;
    remaining -= records.length;
  }
}
