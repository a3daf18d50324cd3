// Holds answers against the OpenAPI document that the platform itself gives out.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { expect } from 'vitest';
import { z } from 'zod';
import { request } from './calls.ts';
import type { TestPlatform } from './platform.ts';

const document = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) })),
  ),
});

/** A call of a documented route. */
export interface Call {
  /** As the document has it, with parameters in braces. */
  readonly path: string;
  /** The path that is called, where it has parameters. */
  readonly to?: string;
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Follows JSON pointers as the document's own references are written. */
export const pointer = (...keys: string[]) =>
  keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** Reads the document of a platform, and remembers which of its answers were seen. */
export async function readDocument(platform: TestPlatform) {
  const openapi = document.parse((await request(platform, '/openapi.json')).body);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormatsModule.default(ajv);
  ajv.addSchema(openapi, 'openapi');
  const seen = new Set<string>();

  const validate = (where: string, value: unknown) => {
    ajv.validate(`openapi#${where}`, value);
    return ajv.errors ?? [];
  };

  /** Calls a documented route and holds the answer against the document; answers with its status. */
  const check = async (target: TestPlatform, call: Call) => {
    const { path, to = path, method = 'GET', query = '', headers = {}, body } = call;
    const answer = await request(target, `${to}${query}`, { method, headers, ...(body !== undefined && { body }) });
    const where = ['paths', path, method.toLowerCase(), 'responses', String(answer.status)];
    expect(Object.keys(openapi.paths[path]?.[method.toLowerCase()]?.responses ?? {})).toContain(String(answer.status));
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(validate(pointer(...where, 'content', 'application/json', 'schema'), answer.body)).toEqual([]);
    const requestId = answer.headers.get('x-request-id');
    expect(validate(pointer(...where, 'headers', 'X-Request-Id', 'schema'), requestId)).toEqual([]);
    seen.add(`${method} ${path} ${answer.status}`);
    return answer;
  };

  /** Every status that is documented for these paths, and those that were seen. */
  const statuses = (isMeant: (path: string) => boolean) => ({
    documented: Object.entries(openapi.paths)
      .filter(([path]) => isMeant(path))
      .flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([method, { responses }]) =>
          Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
        ),
      )
      .toSorted(),
    seen: [...seen].toSorted(),
  });

  return { openapi, validate, check, statuses };
}

/** What was done; tested on its own. */
export const isAudit = (path: string) => path === '/api/v1/audit-events';

/** What workflows are answered; tested on its own. */
export const isWorkflows = (path: string) => /^\/api\/v1\/(auth\/|forge-accounts\/verify)/.test(path);

/** What a customer administers itself by; the rest is tested on its own. */
export const isAdministration = (path: string) => /^\/api\/v1\/(keys|forge-accounts)/.test(path) && !isWorkflows(path);
