import { fromSuperjson, toSuperjson } from '@rsolv/shared/json/superjson-envelope';
import type { TRPCCombinedDataTransformer } from '@trpc/server';

const both = { serialize: toSuperjson, deserialize: fromSuperjson };

/** Serializes the inputs and outputs of tRPC. */
export const transformer: TRPCCombinedDataTransformer = { input: both, output: both };
