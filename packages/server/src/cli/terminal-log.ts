// The log for people who watch it on a terminal: one line for each JSON line, with an error's stack below it. Why not
// pino-pretty: docs/decisions/terminal-output.md
import type { DestinationStream } from 'pino';
import { z } from 'zod';
import { escapeControls } from './escape-controls.ts';
import type { Output, Style } from './output.ts';

const logLine = z.looseObject({
  level: z.string(),
  time: z.iso.datetime(),
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

/** Makes the destination that pino writes to. */
export const terminalLog = (output: Output): DestinationStream => ({
  write: (text) => output.writeError(`${formatLog(text, (style, piece) => output.style(style, piece, 'stderr'))}\n`),
});

/** Escapes a text's control characters and applies a style. */
type Styler = (style: Style, text: string) => string;

/** Formats a line of pino's log; any other text stays as it is. */
export function formatLog(text: string, style: Styler): string {
  const parsed = logLine.safeParse(parseJson(text));
  if (!parsed.success) return escapeControls(text.trimEnd());
  const { level, time, msg, pid: _pid, hostname: _hostname, failure, ...fields } = parsed.data;
  const clock = style('dim', new Date(time).toTimeString().slice(0, 8));
  const color = colorOfLevel(level);
  const message = color === undefined ? escapeControls(msg) : style(color, msg);
  const line = formatRequest(fields, style) ?? [message, ...namesAndValues(fields)].join('  ');
  const { stack, ...others } = failure ?? {};
  const below = [...namesAndValues(others), ...(stack ?? '').split('\n')].filter((each) => each !== '');
  return [`${clock} ${line}`, ...below.map((each) => style('dim', `         ${each}`))].join('\n');
}

function formatRequest(fields: object, style: Styler): string | undefined {
  const request = requestLine.safeParse(fields);
  if (!request.success) return undefined;
  const { requestId, method, path, status, responseTime, ...others } = request.data;
  const outcome = style(colorOf(status ?? 599), status === null ? 'aborted' : String(status));
  const details = style('dim', [`${responseTime} ms`, requestId, ...namesAndValues(others)].join('  '));
  return `${escapeControls(`${method} ${path}`)} ${outcome}  ${details}`;
}

const colorOfLevel = (level: string): Style | undefined =>
  level === 'error' || level === 'fatal' ? 'red' : level === 'warn' ? 'yellow' : undefined;

const colorOf = (status: number) => (status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green');

const namesAndValues = (fields: object) =>
  Object.entries(fields).map(([name, value]) =>
    escapeControls(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
