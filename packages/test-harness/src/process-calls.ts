// REST calls to a server that runs in a separate process, given its URL and an API key.
import type { Answer } from './calls.ts';

/** The URL of a server and the API key to send. */
export interface Access {
  readonly url: string;
  readonly apiKey: string;
}

/** A commit for tests that need only one. */
export const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';

/** Calls a route: with POST if there is a body, else with GET. */
export async function callRoute({ url, apiKey }: Access, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Stores a scan. */
export function storeScan(access: Access, repo: string, data: object, commit = commitSha): Promise<Answer> {
  return callRoute(access, '/api/v1/phases/store', { phase: 'scan', repo, commitSha: commit, data });
}

/** Retrieves what is stored at a commit, for all issues. */
export function retrieveAll(access: Access, repo: string, commit = commitSha): Promise<Answer> {
  return callRoute(access, `/api/v1/phases/retrieve?${new URLSearchParams({ repo, commit }).toString()}`);
}
