import type { IncomingHttpHeaders } from 'node:http';

/** The API key of a request: `x-api-key`, which goes first, or `Authorization: Bearer`. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const [own] = [headers['x-api-key']].flat();
  if (own !== undefined && own.trim() !== '') return own.trim();
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}
