// Records the statements that a release sends to PostgreSQL, so that later releases can replay them on their schema.
import { Client } from 'pg';
import { vi } from 'vitest';
import { z } from 'zod';

/** A sent statement: one line of a record. */
const sent = z.object({
  /** The number of the connection. */
  on: z.number(),
  text: z.string(),
  values: z.array(z.unknown()),
  /** The result, recorded only for named statements. */
  rows: z.array(z.unknown()).optional(),
});
type Sent = z.infer<typeof sent>;

const sentStatement = z.object({
  text: z.string(),
  name: z.string().optional(),
  values: z.array(z.unknown()).optional(),
});

/** Converts a value for the record: JSON has no bytes and no dates, and PostgreSQL reads both from text. */
function asText(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asText);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

type Told = (failure: unknown, result: { readonly rows: unknown[] }) => void;

const isTold = (given: unknown): given is Told => typeof given === 'function';

/** Records the statements that all connections of this process send during an action. */
export async function recordStatements(action: () => Promise<void>): Promise<string> {
  const record: Sent[] = [];
  const connections: Client[] = [];
  const send: (this: Client, ...given: unknown[]) => unknown = Object.getOwnPropertyDescriptor(
    Client.prototype,
    'query',
  )?.value;
  const spy = vi.spyOn(Client.prototype, 'query').mockImplementation(function sendAndRecord(
    this: Client,
    ...given: unknown[]
  ) {
    const [statement, values, told] = given;
    const { text, name, ...own } = sentStatement.parse(typeof statement === 'string' ? { text: statement } : statement);
    if (!connections.includes(this)) connections.push(this);
    const sentValues = own.values ?? (Array.isArray(values) ? values : []);
    const line: Sent = { on: connections.indexOf(this), text, values: sentValues.map(asText) };
    record.push(line);
    if (name === undefined || !isTold(told)) return send.apply(this, given);
    const noteRows: Told = (failure, result) => {
      line.rows = result.rows;
      told(failure, result);
    };
    return send.apply(this, [statement, values, noteRows]);
  });
  try {
    await action();
  } finally {
    spy.mockRestore();
  }
  return record.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Replays a record on a database. Returns the first statement whose result differs, with both results. */
export async function replayStatements(record: string, url: string): Promise<object | undefined> {
  await using stack = new AsyncDisposableStack();
  const clients = new Map<number, Client>();
  const clientOf = async (on: number) => {
    const client = clients.get(on) ?? stack.adopt(new Client({ connectionString: url }), (opened) => opened.end());
    if (!clients.has(on)) await client.connect();
    clients.set(on, client);
    return client;
  };
  for (const line of record.trimEnd().split('\n')) {
    const { on, text, values, rows } = sent.parse(JSON.parse(line));
    const client = await clientOf(on);
    try {
      const result = await client.query<object>({ text, values });
      const answered: unknown = JSON.parse(JSON.stringify(result.rows));
      if (rows !== undefined && JSON.stringify(answered) !== JSON.stringify(rows)) return { text, rows, answered };
    } catch (thrown) {
      return { text, values, failure: String(thrown) };
    }
  }
  return undefined;
}
