// Load for servers that something happens to: writers that store one scan after the other, and know what was answered.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { storeScan, type Access } from './process-calls.ts';

/** What became of a store. */
export interface Attempt {
  /** Where it is found again: every store has a commit of its own. */
  readonly commit: string;
  /** Undefined where the connection broke. */
  readonly status: number | undefined;
  readonly retryAfter: string | null;
  /** Of the execution; undefined where nothing was stored, as far as the caller knows. */
  readonly id: string | undefined;
  readonly ms: number;
}

/** Writers at work. */
export interface Writers {
  /** All attempts that have ended. */
  readonly attempts: readonly Attempt[];
  /** Lets each end what it does, and begin no more. */
  stop(): Promise<void>;
}

let made = 0;

/** Starts writers, each of which stores again and again, also where that fails. */
export function startWriters(access: Access, repo: string, writers = 8): Writers {
  const attempts: Attempt[] = [];
  const stopping = new AbortController();
  const write = async () => {
    while (!stopping.signal.aborted) {
      const attempt = await tryStore(access, repo, `c${made++}`);
      attempts.push(attempt);
      // A server that is away would be asked a thousand times a second.
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

/** Those of the attempts that were answered with 200. */
export const answered = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter(({ status }) => status === 200);
