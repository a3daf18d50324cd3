// Prints records: for people as lines and tables, with --json as one line of JSON.
import stringWidth from 'string-width';
import { escapeControls } from './escape-controls.ts';
import type { Output } from './output.ts';

/** A value in a record. */
type Field = string | number | boolean | Date | null | readonly string[];

/** Field names and values, in the order in which they are printed. */
export type PrintedRecord = Readonly<Record<string, Field>>;

/** The option of every command that prints records. */
export interface JsonOption {
  readonly json?: true;
}

/** Records, and what to print where there are none. */
export interface PrintedList {
  readonly records: readonly PrintedRecord[];
  readonly whenEmpty: string;
}

/** Prints a record, a line for each field. */
export function printRecord(output: Output, record: PrintedRecord, { json }: JsonOption): void {
  if (json) return printJson(output, record);
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) {
    // A secret is printed only once, so it stands out.
    const text = name === 'apiKey' ? output.style(['bold', 'yellow'], format(value)) : format(value);
    output.printStyled(`${output.style('dim', name.padEnd(width))}  ${text}`);
  }
}

/** Prints records as a table; where the terminal is too narrow for it, one after the other. */
export function printList(output: Output, { records, whenEmpty }: PrintedList, { json }: JsonOption): void {
  if (json) return printJson(output, records);
  const [first] = records;
  if (first === undefined) return output.print(whenEmpty);
  const columns = Object.keys(first).map((name) => columnOf(name, records));
  const width = columns.reduce((sum, column) => sum + column.width + gap.length, -gap.length);
  if (output.width !== undefined && width > output.width) {
    for (const [index, record] of records.entries()) {
      if (index > 0) output.printStyled('');
      printRecord(output, record, {});
    }
    return;
  }
  output.printStyled(output.style('bold', lineOf(columns.map(({ name, pad }) => pad(name)))));
  for (const record of records) {
    output.printStyled(lineOf(columns.map(({ name, pad }) => pad(format(record[name] ?? null)))));
  }
}

/** Prints a value on one line. */
export function printJson(output: Output, value: unknown): void {
  // Control characters occur in strings only, where JSON escapes them in the same way.
  output.print(JSON.stringify(value));
}

const gap = '  ';

const lineOf = (cells: readonly string[]) => cells.join(gap).trimEnd();

/** A column as wide as its widest cell; numbers are aligned to the right. */
function columnOf(name: string, records: readonly PrintedRecord[]) {
  const width = records.reduce(
    (widest, record) => Math.max(widest, stringWidth(format(record[name] ?? null))),
    name.length,
  );
  const isNumeric = typeof records[0]?.[name] === 'number';
  const pad = (cell: string) => {
    const space = ' '.repeat(width - stringWidth(cell));
    return isNumeric ? space + cell : cell + space;
  };
  return { name, width, pad };
}

function format(value: Field): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return escapeControls(typeof value === 'object' ? value.join(' ') : String(value));
}
