import { callTRPCProcedure, type TRPCProcedureType } from '@trpc/server';
import type { Context } from '../rpc/context.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { appRouter, type ProcedurePath } from '../rpc/router.ts';

/** A procedure, as a route names it. */
interface ProcedureRef {
  readonly path: ProcedurePath;
  readonly type: TRPCProcedureType;
}

/**
 * Calls a procedure. Its own schemas check the input and the output, so both are unknown here. An input that cannot be
 * read throws within the procedure, so that it is answered like an invalid one.
 *
 * @throws PlatformError
 */
export async function call(
  { path, type }: ProcedureRef,
  ctx: Context,
  getRawInput: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await callTRPCProcedure({
      router: appRouter,
      path,
      type,
      ctx,
      getRawInput,
      signal: undefined,
      batchIndex: 0,
    });
  } catch (thrown) {
    // The procedure has translated it; tRPC has wrapped it.
    throw toPlatformError(thrown);
  }
}
