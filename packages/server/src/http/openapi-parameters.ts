// The query parameters in the OpenAPI document.
import type { ProcedureRoute } from '@rsolv/shared/contract/routes/route';
import { z } from 'zod';
import type { createDocument } from 'zod-openapi';

/** Gives the query parameters of a route their examples, and shows numbers as integers: in a URL, everything is text. */
export function refineParameters(
  document: ReturnType<typeof createDocument>,
  { path, method, input }: ProcedureRoute,
): void {
  const key = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;
  for (const parameter of document.paths?.[path]?.[key[method]]?.parameters ?? []) {
    if (!('in' in parameter) || parameter.in !== 'query') continue;
    const example = input?.queryExample?.[parameter.name];
    if (example !== undefined) parameter.example = example;
    const { data } = numeral.safeParse(parameter.schema);
    if (data === undefined) continue;
    const { anyOf, ...rest } = data;
    parameter.schema = { ...rest, ...anyOf[0] };
  }
}

/** The schema of an integer that may also be a string of digits. */
const numeral = z.looseObject({
  anyOf: z.tuple([z.looseObject({ type: z.literal('integer') }), z.looseObject({ type: z.literal('string') })]),
});
