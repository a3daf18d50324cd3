export type { ErrorCode } from '@rsolv/shared/errors/error-code';
export type { ForgeType } from '@rsolv/shared/contract/forge';
export type { JsonObject, JsonValue } from '@rsolv/shared/json/json';
export { createClient, type Client } from './create-client.ts';
export { eachPage } from './each-page.ts';
export * from './errors.ts';
export type {
  CallOptions,
  ClientOptions,
  Fetch,
  FetchAnswer,
  FetchInit,
  Logger,
  RequestEvent,
  ResponseEvent,
  RetrieveOptions,
  RetryEvent,
  TransportOptions,
} from './options.ts';
export { PhaseDataClient, type PhaseTestInfo, type TestResults } from './phase-data-client.ts';
export type * from './phase-data.ts';
export type { MutationOptions } from './procedures.ts';
export type * from './retrieved-phases.ts';
export * from './rsolv-error.ts';
export type { SendReport } from './send-unsent.ts';
