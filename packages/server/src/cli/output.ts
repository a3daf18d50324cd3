// What commands print: for people as lines and tables, with --json as one line of JSON.

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
  for (const [name, value] of Object.entries(record)) print(`${name.padEnd(width)}  ${forPeople(value)}`);
}

/** Prints a list of records: a table, or what to say where there are none. */
export function printList(records: readonly Shown[], whenEmpty: string, { json }: OutputOptions): void {
  if (json) return printJson(records);
  const [first] = records;
  if (first === undefined) return print(whenEmpty);
  const rows = [Object.keys(first), ...records.map((record) => Object.values(record).map(forPeople))];
  const widths = Object.keys(first).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

function forPeople(value: Field): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(' ') : String(value);
}
