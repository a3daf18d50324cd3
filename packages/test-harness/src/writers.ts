// Generates load while a test disturbs a server: writers store one scan after the other and record each response.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { storeScan, type Access } from './process-calls.ts';

/** The outcome of a store request. */
export interface Attempt {
  /** Identifies the store: each has a unique commit. */
  readonly commit: string;
  /** Undefined if the connection failed. */
  readonly status: number | undefined;
  readonly retryAfter: string | null;
  /** The id of the execution; undefined if the caller received none. */
  readonly id: string | undefined;
  readonly ms: number;
}

/** Running writers. */
export interface Writers {
  /** All attempts that have ended. */
  readonly attempts: readonly Attempt[];
  /** Waits for the requests in flight, and starts no new ones. */
  stop(): Promise<void>;
}

let made = 0;

/** Starts writers, each of which stores repeatedly, also after failures. */
export function startWriters(access: Access, repo: string, writers = 8): Writers {
  const attempts: Attempt[] = [];
  const stopping = new AbortController();
  const write = async () => {
    while (!stopping.signal.aborted) {
      const attempt = await tryStore(access, repo, `c${made++}`);
      attempts.push(attempt);
      // Without a pause, a server that is down would receive a thousand requests a second.
      if (attempt.id === undefined) await sleep(20);
    }
  };
  const working = Array.from({ length: writers }, write);
  return {
    attempts,
    stop: async () => {
      stopping.abort();
      await Promise.all(working);
    },
  };
}

async function tryStore(access: Access, repo: string, commit: string): Promise<Attempt> {
  const startedAt = performance.now();
  const ended = (answered: Omit<Attempt, 'commit' | 'ms'>) => ({
    commit,
    ms: performance.now() - startedAt,
    ...answered,
  });
  try {
    const { status, headers, body } = await storeScan(access, repo, { commit }, commit);
    const id = status === 200 ? z.object({ id: z.string() }).parse(body).id : undefined;
    return ended({ status, retryAfter: headers.get('retry-after'), id });
  } catch {
    return ended({ status: undefined, retryAfter: null, id: undefined });
  }
}

/** Returns the attempts that received status 200. */
export const answered = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter(({ status }) => status === 200);
