// Calls to a server that is a process of its own: all a test has of it is its URL and a key.
import type { Answer } from './calls.ts';

/** Which server, and the key to show it. */
export interface Access {
  readonly url: string;
  readonly apiKey: string;
}

/** A commit for tests that need just one. */
export const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';

/** Calls a route; with a body it is a POST. */
export async function callRoute({ url, apiKey }: Access, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Stores a scan's data. */
export function storeScan(access: Access, repo: string, data: object, commit = commitSha): Promise<Answer> {
  return callRoute(access, '/api/v1/phases/store', { phase: 'scan', repo, commitSha: commit, data });
}

/** Retrieves what is stored at a commit, for every issue. */
export function retrieveAll(access: Access, repo: string, commit = commitSha): Promise<Answer> {
  return callRoute(access, `/api/v1/phases/retrieve?${new URLSearchParams({ repo, commit }).toString()}`);
}
