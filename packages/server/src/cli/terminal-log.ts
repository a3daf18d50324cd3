// The log for whoever watches it in a terminal: a line for each of its JSON lines, with the stack of a failure below it.
// Why not pino-pretty: docs/decisions/for-eyes.md
import type { DestinationStream } from 'pino';
import { z } from 'zod';
import { look, visible } from './look.ts';
import { writeError } from './progress.ts';

const logLine = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  pid: z.unknown(),
  hostname: z.unknown(),
  failure: z.looseObject({ stack: z.string().optional() }).optional(),
});

const requestLine = z.looseObject({
  requestId: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number().nullable(),
  responseTime: z.number(),
});

const { stderr } = process;

/** Where pino writes to. */
export const terminalLog: DestinationStream = {
  write(text) {
    writeError(`${formatLog(text)}\n`);
  },
};

/** One of pino's lines for people; as it is, where it is another. */
export function formatLog(text: string): string {
  const parsed = logLine.safeParse(parseJson(text));
  if (!parsed.success) return visible(text.trimEnd());
  const { level, time, msg, pid: _pid, hostname: _hostname, failure, ...fields } = parsed.data;
  const clock = look('dim', new Date(time).toTimeString().slice(0, 8), stderr);
  const message = level >= 50 ? look('red', msg, stderr) : level >= 40 ? look('yellow', msg, stderr) : visible(msg);
  const line = describeRequest(fields) ?? [message, ...namesAndValues(fields)].join('  ');
  const { stack, ...others } = failure ?? {};
  const below = [...namesAndValues(others), ...(stack ?? '').split('\n')].filter((each) => each !== '');
  return [`${clock} ${line}`, ...below.map((each) => look('dim', `         ${each}`, stderr))].join('\n');
}

function describeRequest(fields: object): string | undefined {
  const request = requestLine.safeParse(fields);
  if (!request.success) return undefined;
  const { requestId, method, path, status, responseTime, ...others } = request.data;
  const outcome = look(colorOf(status ?? 599), status === null ? 'aborted' : String(status), stderr);
  const about = look('dim', [`${responseTime} ms`, requestId, ...namesAndValues(others)].join('  '), stderr);
  return `${visible(`${method} ${path}`)} ${outcome}  ${about}`;
}

const colorOf = (status: number) => (status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green');

const namesAndValues = (fields: object) =>
  Object.entries(fields).map(([name, value]) =>
    visible(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
