// Lines of the log for people. That a terminal shows them: processes/terminal.test.ts
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { escapeControls } from '../../src/cli/escape-controls.ts';
import { logOptions } from '../../src/observability/log-options.ts';
import { formatLog } from '../../src/cli/terminal-log.ts';

const format = (line: string) => formatLog(line, (_style, text) => escapeControls(text));

/** A log entry as pino writes it, formatted. */
function logged(fields: object, message: string): string[] {
  const lines: string[] = [];
  pino(logOptions('info'), { write: (line) => lines.push(format(line)) }).error(fields, message);
  return lines;
}

const request = { requestId: 'r1', method: 'GET', path: '/health', status: 200, responseTime: 3 };

it('formats finished and aborted requests', () => {
  expect(logged(request, 'request completed')).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d GET \/health 200 {2}3 ms {2}r1$/),
  ]);
  expect(logged({ ...request, status: null, traceId: 't' }, 'request aborted')).toEqual([
    expect.stringMatching(/GET \/health aborted {2}3 ms {2}r1 {2}traceId=t$/),
  ]);
});

it('puts the stack of a failure below it', () => {
  const failure = { name: 'Error', message: 'gone', stack: 'Error: gone\n    at somewhere' };
  const [line = ''] = logged({ requestId: 'r1', failure }, 'it failed');
  expect(line.slice(9).split('\n')).toEqual([
    'it failed  requestId=r1',
    '         name=Error',
    '         message=gone',
    '         Error: gone',
    '             at somewhere',
  ]);
});

it('escapes control characters', () => {
  const hostile = '\u001B[2J';
  const fields = { plain: hostile, nested: { deep: hostile }, failure: { message: hostile, stack: hostile } };
  const [line = ''] = logged(fields, hostile);
  expect(line).not.toContain('\u001B');
  expect(line.split(String.raw`\u001b[2J`)).toHaveLength(6);
});

it.each(['no JSON \u0007', '{"other":"JSON"}', '7'])('leaves other text as it is: %s', (text) => {
  expect(format(`${text}\n`)).toBe(text.replace('\u0007', String.raw`\u0007`));
});
