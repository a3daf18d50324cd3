// The log for whoever watches it in a terminal: a line for each of its JSON lines. Why not pino-pretty: docs/decisions/for-eyes.md
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

function formatLog(text: string): string {
  const { level, time, msg, pid: _pid, hostname: _hostname, ...fields } = logLine.parse(JSON.parse(text));
  const clock = look('dim', new Date(time).toTimeString().slice(0, 8), stderr);
  const request = requestLine.safeParse(fields);
  if (request.success) {
    const { requestId, method, path, status, responseTime, ...others } = request.data;
    const outcome = look(colorOf(status ?? 599), status === null ? 'aborted' : String(status), stderr);
    const about = look('dim', [`${responseTime} ms`, requestId, ...namesAndValues(others)].join('  '), stderr);
    return `${clock} ${visible(`${method} ${path}`)} ${outcome}  ${about}`;
  }
  const message = level >= 50 ? look('red', msg, stderr) : level >= 40 ? look('yellow', msg, stderr) : visible(msg);
  return [`${clock} ${message}`, ...namesAndValues(fields).map((each) => look('dim', each, stderr))].join('  ');
}

const colorOf = (status: number) => (status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green');

const namesAndValues = (fields: object) =>
  Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
