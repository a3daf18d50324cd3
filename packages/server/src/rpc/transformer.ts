import { fromSuperjson, toSuperjson } from '@rsolv/shared/json/superjson-envelope';
import type { TRPCCombinedDataTransformer } from '@trpc/server';

const both = { serialize: toSuperjson, deserialize: fromSuperjson };

/** What goes over tRPC, in and out. */
export const transformer: TRPCCombinedDataTransformer = { input: both, output: both };
