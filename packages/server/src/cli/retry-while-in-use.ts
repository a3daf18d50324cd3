import { setTimeout as delay } from 'node:timers/promises';
import { DataFolderInUseError } from '../database/embedded/lock-data-folder.ts';

/** Longer than most commands take, and than a server takes to accept commands after it has locked its folder. */
const timeoutMs = 5_000;

const retryDelayMs = 200;

/**
 * Attempts something that needs the data folder, and retries while another process uses it: one that ends soon, such as a
 * command, or a server that is starting.
 *
 * @throws DataFolderInUseError naming that process
 */
export async function retryWhileInUse<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof DataFolderInUseError) || Date.now() > deadline) throw thrown;
    }
    await delay(retryDelayMs);
  }
}
