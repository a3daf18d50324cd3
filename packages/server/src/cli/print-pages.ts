// Prints a list page by page, so that a list of any length takes the memory of one page: for people as a table, with
// --json as one line with one JSON array.
import stringWidth from 'string-width';
import type { Output } from './output.ts';
import { format, printRecord, type JsonOption, type PrintedRecord } from './records.ts';

/** The pages of a list, and what to print if it is empty. */
export interface PrintedList {
  readonly pages: AsyncIterable<readonly PrintedRecord[]>;
  readonly whenEmpty: string;
}

/** Prints every page: as a table, or one record after the other if the terminal is too narrow for the first page. */
export async function printPages(output: Output, { pages, whenEmpty }: PrintedList, { json }: JsonOption) {
  if (json) return printArray(output, pages);
  let print: PrintPage | undefined;
  for await (const records of pages) {
    print ??= layoutFor(output, records);
    print?.(records);
    await output.drained();
  }
  if (print === undefined) output.printHint(whenEmpty);
}

async function printArray(output: Output, pages: PrintedList['pages']): Promise<void> {
  let before = '[';
  for await (const records of pages) {
    if (records.length === 0) continue;
    output.printPart(before + records.map((record) => JSON.stringify(record)).join(','));
    before = ',';
    await output.drained();
  }
  output.print(before === '[' ? '[]' : ']');
}

type PrintPage = (records: readonly PrintedRecord[]) => void;

function layoutFor(output: Output, records: readonly PrintedRecord[]): PrintPage | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  const table = new Table(first);
  table.fit(records);
  if (output.width !== undefined && table.width > output.width) return printSeparately(output);
  output.printStyled(output.style('bold', table.header));
  return (page) => {
    table.fit(page);
    output.printStyled(page.map((record) => table.lineOf(record)).join('\n'));
  };
}

function printSeparately(output: Output): PrintPage {
  let isFirst = true;
  return (records) => {
    for (const record of records) {
      if (!isFirst) output.printStyled('');
      isFirst = false;
      printRecord(output, record, {});
    }
  };
}

const gap = '  ';

/** A table whose columns are as wide as their widest cell so far; numbers are aligned to the right. */
class Table {
  readonly #columns: { readonly name: string; readonly isNumeric: boolean; width: number }[];

  constructor(first: PrintedRecord) {
    this.#columns = Object.entries(first).map(([name, value]) => {
      return { name, isNumeric: typeof value === 'number', width: stringWidth(name) };
    });
  }

  get width(): number {
    return this.#columns.reduce((sum, { width }) => sum + width + gap.length, -gap.length);
  }

  get header(): string {
    return this.#line((name) => name);
  }

  lineOf(record: PrintedRecord): string {
    return this.#line((name) => format(record[name] ?? null));
  }

  /** Widens columns for a page. Later pages may be wider than earlier ones, which have been printed. */
  fit(records: readonly PrintedRecord[]): void {
    for (const column of this.#columns) {
      const widths = records.map((record) => stringWidth(format(record[column.name] ?? null)));
      column.width = Math.max(column.width, ...widths);
    }
  }

  #line(cellOf: (name: string) => string): string {
    const cells = this.#columns.map(({ name, width, isNumeric }) => {
      const cell = cellOf(name);
      const space = ' '.repeat(width - stringWidth(cell));
      return isNumeric ? space + cell : cell + space;
    });
    return cells.join(gap).trimEnd();
  }
}
