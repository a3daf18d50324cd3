// The requests to send, made from a real scan in this repository.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoadJob } from './load/load-job.ts';
import { namespace } from './servers/platform.ts';

const file = join(import.meta.dirname, '../../packages/test-harness/fixtures/nodegoat-scan.json');

const { vulnerabilities } = z
  .object({ data: z.object({ scan: z.object({ vulnerabilities: z.array(z.looseObject({})) }) }) })
  .parse(JSON.parse(readFileSync(file, 'utf8'))).data.scan;

/** A request, without its receiver. */
export type Request = Pick<LoadJob, 'method' | 'path' | 'body' | 'numbers'>;

/** A commit for workloads that need only one. */
export const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';

/** The size of a scan of a typical repository: eight findings. */
const usualBytes = 3 * 1024;

/** Returns the body of a store: the findings of the real scan, repeated up to this size in bytes. */
export function scanOf(repository: string, bytes = usualBytes) {
  const body = {
    phase: 'scan',
    repo: `${namespace}/${repository}`,
    commitSha,
    branch: 'main',
    data: { vulnerabilities: [] as object[], timestamp: '2026-01-01T00:00:00Z' },
  };
  let size = JSON.stringify(body).length;
  for (let next = 0; ; next++) {
    const finding = vulnerabilities[next % vulnerabilities.length] ?? {};
    const added = JSON.stringify(finding).length + 1;
    if (size + added > bytes) return body;
    body.data.vulnerabilities.push(finding);
    size += added;
  }
}

/** Returns a store request over REST. The load generator replaces `{n}` in the name of the repository, see {@link LoadJob}. */
export const storeRequest = (repository: string, bytes?: number): Request => ({
  method: 'POST',
  path: '/api/v1/phases/store',
  body: JSON.stringify(scanOf(repository, bytes)),
});

/** Returns a retrieve request over REST. */
export const retrieveRequest = (repository: string, commit = commitSha): Request => ({
  method: 'GET',
  path: `/api/v1/phases/retrieve?repo=${namespace}/${repository}&commit=${commit}&issue=1`,
});
