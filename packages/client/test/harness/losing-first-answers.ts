import type { Answer, Received } from './scripted-server.ts';

/**
 * Passes on to the platform what comes. The first answer for each idempotency key is lost with its connection: the
 * platform has stored, and the client can't know.
 */
export function losingFirstAnswers(platformUrl: string) {
  const seen = new Set<unknown>();
  return async ({ method, url, headers, body }: Received): Promise<Answer> => {
    const key = String(headers['idempotency-key']);
    const answer = await fetch(platformUrl + url, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-api-key': String(headers['x-api-key']),
        'idempotency-key': key,
      },
      body,
    });
    const text = await answer.text();
    if (!seen.has(key)) {
      seen.add(key);
      return 'cut';
    }
    const replayed = answer.headers.get('idempotency-replayed');
    return { status: answer.status, headers: { ...(replayed && { 'idempotency-replayed': replayed }) }, body: text };
  };
}
