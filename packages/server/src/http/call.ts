import type { IncomingHttpHeaders } from 'node:http';
import { idempotencyKey } from '@rsolv/shared/text';
import { callTRPCProcedure, type AnyTRPCProcedure, type TRPCProcedureType } from '@trpc/server';
import type { Request, Response } from 'express';
import type { Database } from '../database.ts';
import { InvalidInputError } from '../errors.ts';
import type { Context } from '../rpc/procedure.ts';
import { appRouter, type AppRouter } from '../rpc/router.ts';
import { presentedKey } from './presented-key.ts';
import { requestId } from './request-log.ts';

/**
 * What a procedure gets to know of an HTTP request.
 *
 * @throws InvalidInputError where the request's Idempotency-Key can't be one
 */
export function contextOf(database: Database, request: Request, response: Response): Context {
  return {
    database,
    presentedKey: presentedKey(request.headers),
    idempotencyKey: presentedIdempotencyKey(request.headers),
    requestId: requestId(request),
    setHeader: (name, value) => void response.setHeader(name, value),
  };
}

/** @throws InvalidInputError */
function presentedIdempotencyKey(headers: IncomingHttpHeaders): string | null {
  const [sent] = [headers['idempotency-key']].flat();
  if (sent === undefined) return null;
  const { data, error } = idempotencyKey.safeParse(sent);
  if (error === undefined) return data;
  throw new InvalidInputError(error.issues.map(({ message }) => ({ path: 'Idempotency-Key', message })));
}

/** The paths of all procedures: `phases.store`. */
type PathsOf<Record> = {
  [Key in keyof Record & string]: Record[Key] extends AnyTRPCProcedure ? Key : `${Key}.${PathsOf<Record[Key]>}`;
}[keyof Record & string];

/** The procedure that a REST route stands for. */
export interface ProcedureRef {
  readonly path: PathsOf<AppRouter['_def']['record']>;
  readonly type: TRPCProcedureType;
}

/** Calls a procedure. What goes in and out is unknown here: the procedure's own schemas check both. */
export function call({ path, type }: ProcedureRef, ctx: Context, input?: unknown): Promise<unknown> {
  return callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx,
    getRawInput: () => Promise.resolve(input),
    signal: undefined,
    batchIndex: 0,
  });
}
