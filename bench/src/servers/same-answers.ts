// Checks before a measurement that the ceiling returns the same responses as the platform. Otherwise, it would not do the
// same work, and could not be compared.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { retrieveRequest, scanOf, storeRequest, type Request } from '../requests.ts';
import type { Subject } from './subject.ts';

/** @throws Error with both responses if they differ */
export async function requireSameAnswers(platform: Subject, ceiling: Subject): Promise<void> {
  const repository = `same-answers-${randomUUID()}`;
  for (const subject of [platform, ceiling]) {
    const { id, ...answer } = await send(subject, storeRequest(repository));
    const expected = { success: true, phase: 'scan' };
    if (typeof id !== 'string') throw new Error(`The ${subject.name} answers a store without an id`);
    requireEqual(subject, answer, expected);
    requireEqual(subject, await send(subject, retrieveRequest(repository)), { scan: scanOf(repository).data });
  }
}

/**
 * Compares all three phases on a shared database. The ceiling stores only scans, and retrieves what the platform has stored.
 *
 * @throws Error with both responses if they differ
 */
export async function requireSamePhases(platform: Subject, ceiling: Subject): Promise<void> {
  const repository = `same-phases-${randomUUID()}`;
  await send(ceiling, storeRequest(repository));
  const { repo, commitSha } = scanOf(repository);
  const results = {
    validation: { validated: true, testPath: 'test/profile.test.js' },
    mitigation: { prUrl: `https://github.com/${repo}/pull/7`, fixes: [{ file: 'app/data/profile.js' }] },
  };
  for (const [phase, data] of Object.entries(results)) {
    const body = JSON.stringify({ phase, repo, commitSha, issueNumber: 1, data });
    await send(platform, { ...storeRequest(repository), body });
  }
  const answer = await send(platform, retrieveRequest(repository));
  if (Object.keys(answer).length !== 3) throw new Error(`The platform lost a phase: ${JSON.stringify(answer)}`);
  requireEqual(ceiling, await send(ceiling, retrieveRequest(repository)), answer);
}

function requireEqual({ name }: Subject, answer: object, expected: object): void {
  if (isDeepStrictEqual(answer, expected)) return;
  throw new Error(`The ${name} answers ${JSON.stringify(answer)}, not ${JSON.stringify(expected)}`);
}

/** Sends a request once, requires success, and returns the body. */
export async function send(
  { name, url, apiKey }: Subject,
  { method, path, body }: Request,
): Promise<Record<string, unknown>> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`The ${name} answers ${method} ${path} with ${response.status}: ${text}`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
