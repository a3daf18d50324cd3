// The messages between the bench and the load generator's process.
import { z } from 'zod';

const loadJob = z.strictObject({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  method: z.enum(['GET', 'POST']),
  path: z.string(),
  body: z.string().optional(),
  /**
   * The value that replaces `{n}` in the path and the body of each request: a number that the load generator has not used
   * before, or a random number below a limit. Without this field, all requests are identical.
   */
  numbers: z.union([z.literal('unique'), z.strictObject({ below: z.int() })]).optional(),
  connections: z.int(),
  /** When the job ends. */
  until: z.union([z.strictObject({ seconds: z.number() }), z.strictObject({ requests: z.int() })]),
});

/** The requests to send. Each connection sends the next request when it has received the previous response. */
export type LoadJob = z.infer<typeof loadJob>;

const loadResult = z.strictObject({
  /** The number of responses with status 2xx. */
  answered: z.int(),
  /** The number of other responses and of failed requests. */
  failed: z.int(),
  seconds: z.number(),
  /** The latency of all responses in milliseconds. */
  latency: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  /** The CPU time of the load generator itself. */
  cpuMs: z.number(),
});

export type LoadResult = z.infer<typeof loadResult>;

export const parseLoadJob = (message: unknown): LoadJob => loadJob.parse(message);
export const parseLoadResult = (message: unknown): LoadResult => loadResult.parse(message);
