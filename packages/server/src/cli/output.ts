// What commands print: for people as lines and tables, with --json as one line of JSON. On a terminal with colours, and so
// that it fits; elsewhere as plain lines that a program can cut up.
import stringWidth from 'string-width';
import { look, visible } from './look.ts';
import { writeError } from './progress.ts';

/** A value that a record may hold. */
type Field = string | number | boolean | Date | null | readonly string[];

/** One thing to show: field names and values. */
export type Shown = Readonly<Record<string, Field>>;

/** Option of every command that prints records. */
export interface OutputOptions {
  readonly json?: true;
}

/** Prints one record: a line a field. */
export function printRecord(record: Shown, { json }: OutputOptions): void {
  if (json) return printJson(record);
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) {
    // Secrets are shown once, so they stand out.
    const text = name === 'apiKey' ? look(['bold', 'yellow'], forPeople(value)) : forPeople(value);
    write(`${look('dim', name.padEnd(width))}  ${text}`);
  }
}

/**
 * Prints a list of records, or what to say where there are none: as a table, or as one record after the other where a
 * terminal is too narrow for that.
 */
export function printList(records: readonly Shown[], whenEmpty: string, { json }: OutputOptions): void {
  if (json) return printJson(records);
  const [first] = records;
  if (first === undefined) return print(whenEmpty);
  const columns = Object.keys(first).map((name) => columnOf(name, records));
  const width = columns.reduce((sum, column) => sum + column.width + gap.length, -gap.length);
  const { isTTY, columns: room } = process.stdout;
  // Some terminals say that they are 0 wide, for they don't know.
  if (isTTY && room > 0 && width > room) {
    for (const [index, record] of records.entries()) {
      if (index > 0) write('');
      printRecord(record, {});
    }
    return;
  }
  write(look('bold', lineOf(columns.map(({ name, pad }) => pad(name)))));
  for (const record of records) write(lineOf(columns.map(({ name, pad }) => pad(forPeople(record[name] ?? null)))));
}

/** Prints a line. */
export function print(line: string): void {
  write(visible(line));
}

/** Prints a line that is {@link visible} but for the looks that it was given. */
export function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints on standard error why something was not done. */
export function printError(line: string): void {
  writeError(`${look('red', line, process.stderr)}\n`);
}

function printJson(value: unknown): void {
  // The characters that are made visible stand in strings, where JSON spells them so.
  print(JSON.stringify(value));
}

const gap = '  ';

const lineOf = (cells: readonly string[]) => cells.join(gap).trimEnd();

/** A column as wide as what is in it; numbers end below each other. */
function columnOf(name: string, records: readonly Shown[]) {
  const width = records.reduce(
    (widest, record) => Math.max(widest, stringWidth(forPeople(record[name] ?? null))),
    name.length,
  );
  const isNumeric = typeof records[0]?.[name] === 'number';
  const pad = (cell: string) => {
    const space = ' '.repeat(width - stringWidth(cell));
    return isNumeric ? space + cell : cell + space;
  };
  return { name, width, pad };
}

function forPeople(value: Field): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return visible(typeof value === 'object' ? value.join(' ') : String(value));
}
