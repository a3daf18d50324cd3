// Prints records: for people as lines, with --json as one line of JSON.
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

/** Prints a value on one line. */
export function printJson(output: Output, value: unknown): void {
  // Control characters occur in strings only, where JSON escapes them in the same way.
  output.print(JSON.stringify(value));
}

/** A value for people. */
export function format(value: Field): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return escapeControls(typeof value === 'object' ? value.join(' ') : String(value));
}
