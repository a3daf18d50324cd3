// What the load generator is asked for, and what it answers: messages between two processes.
import { z } from 'zod';

const loadJob = z.strictObject({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  method: z.enum(['GET', 'POST']),
  path: z.string(),
  body: z.string().optional(),
  /**
   * What `{n}` in path and body becomes, each time anew: a number that the load generator has never used before, or a
   * random one below a limit. Without it, all requests are the same.
   */
  numbers: z.union([z.literal('unique'), z.strictObject({ below: z.int() })]).optional(),
  connections: z.int(),
  /** When it ends. */
  until: z.union([z.strictObject({ seconds: z.number() }), z.strictObject({ requests: z.int() })]),
});

/** Requests to send, each connection the next one as soon as the one before was answered. */
export type LoadJob = z.infer<typeof loadJob>;

const loadResult = z.strictObject({
  /** Answered with 2xx. */
  answered: z.int(),
  /** Answered otherwise, or not at all. */
  failed: z.int(),
  seconds: z.number(),
  /** Of all answers, in milliseconds. */
  latency: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  /** What the load generator itself used. */
  cpuMs: z.number(),
});

export type LoadResult = z.infer<typeof loadResult>;

export const parseLoadJob = (message: unknown): LoadJob => loadJob.parse(message);
export const parseLoadResult = (message: unknown): LoadResult => loadResult.parse(message);
