// Validates responses against the OpenAPI document that the platform serves.
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
  /** The path in the document, with parameters in braces. */
  readonly path: string;
  /** The path to call, if `path` has parameters. */
  readonly to?: string;
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Builds a JSON pointer, in the format of the document's own references. */
export const pointer = (...keys: string[]) =>
  keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** Reads the document of a platform, and records which of its responses were seen. */
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

  /** Calls a documented route, validates the response against the document, and returns it. */
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

  /** Returns every status that is documented for these paths, and every status that was seen. */
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

/** Routes of audit events, which have their own test file. */
export const isAudit = (path: string) => path === '/api/v1/audit-events';

/** Routes that workflows call, which have their own test file. */
export const isWorkflows = (path: string) => /^\/api\/v1\/(auth\/|forge-accounts\/verify)/.test(path);

/** Routes with which a customer manages its own records, which have their own test file. */
export const isAdministration = (path: string) => /^\/api\/v1\/(keys|forge-accounts)/.test(path) && !isWorkflows(path);

/** Routes that read executions and repositories, which have their own test file. */
export const isReports = (path: string) => /^\/api\/v1\/(executions|repositories)/.test(path);
