import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseLoadResult, type LoadJob, type LoadResult } from './load-job.ts';

/** A process that sends requests and measures their latency, one job after the other. */
export interface LoadGenerator extends Disposable {
  run(job: LoadJob): Promise<LoadResult>;
}

/** Starts a load generator. It is reused for all jobs, so that only the first job runs with cold code. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(import.meta.dirname, 'generate-load.ts'));
  return {
    run: async (job) => {
      const ended = new AbortController();
      const answer: Promise<unknown[]> = once(child, 'message', { signal: ended.signal });
      const end = () => ended.abort(new Error('The load generator ended; its reason is above'));
      child.once('exit', end);
      child.send(job);
      const [result] = await answer;
      child.off('exit', end);
      return parseLoadResult(result);
    },
    [Symbol.dispose]: () => child.disconnect(),
  };
}
