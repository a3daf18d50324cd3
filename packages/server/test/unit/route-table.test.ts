// The route table agrees with the router: nothing is left out, and the OpenAPI document cannot say what is not so.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { procedureType } from '@rsolv/shared/contract/routes/route';
import { openProcedures, routes } from '@rsolv/shared/contract/routes/routes';
import { appRouter } from '../../src/rpc/router.ts';

const procedureRows = routes.flatMap((route) => ('procedure' in route ? [route] : []));

/** What tRPC keeps of a procedure. */
const definition = z.object({
  _def: z.object({
    type: z.string(),
    inputs: z.array(z.instanceof(z.ZodType)),
    output: z.instanceof(z.ZodType),
  }),
});
const procedures = new Map(
  Object.entries(appRouter._def.procedures).map(([path, procedure]) => [
    path,
    // A procedure is a function, which zod takes for no object.
    definition.parse({ _def: Reflect.get(procedure, '_def') })._def,
  ]),
);

/** The names of an input's fields, before any transformation or default. */
function fieldsOf(schema: unknown): string[] {
  if (schema instanceof z.ZodPipe) return fieldsOf(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  if (schema instanceof z.ZodPrefault) return fieldsOf(schema.unwrap());
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const jsonSchemaOf = (output: z.ZodType) => z.toJSONSchema(output, { unrepresentable: 'any' });

it('has one row for every procedure', () => {
  expect(procedureRows.map(({ procedure }) => procedure).toSorted()).toEqual([...procedures.keys()].toSorted());
});

it('has no method of a path twice, and no operation', () => {
  const methods = routes.map((route) => ('method' in route ? `${route.method} ${route.path}` : route.path));
  expect(methods).toEqual([...new Set(methods)]);
  const operations = procedureRows.map(({ operationId }) => operationId);
  expect(operations).toEqual([...new Set(operations)]);
});

it('knows the procedures without an API key', () => {
  expect([...openProcedures].toSorted()).toEqual(['auth.token', 'forgeAccounts.verify']);
});

describe.each(procedureRows)('$method $path', (row) => {
  const procedure = procedures.get(row.procedure);

  it('calls a procedure of its type', () => {
    expect(procedure?.type).toBe(procedureType(row));
  });

  it('is described by sentences in the imperative mood', () => {
    expect(row.summary).toMatch(/^[A-Z][a-z]+ .*\.$/);
    expect(row.summary.split(' ')[0]).not.toMatch(/s$/);
  });

  // A translation has a format of its own. The tests of the token exchange cover it.
  if (row.translation !== undefined) return;
  it('takes the fields of the procedure and returns its output', () => {
    const { path, query, body } = row.input ?? {};
    const sent = [path, query, body?.schema].flatMap(fieldsOf);
    expect(sent.toSorted()).toEqual(fieldsOf(procedure?.inputs[0]).toSorted());
    expect(jsonSchemaOf(row.success.schema)).toEqual(jsonSchemaOf(procedure?.output ?? z.never()));
  });
});
