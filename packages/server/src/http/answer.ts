import type { ServerResponse } from 'node:http';

/** Answers with JSON: what Express's own does where there is nothing to negotiate, for a third of the time. */
export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
