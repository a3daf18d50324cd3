// Warnings of PhaseDataClient: to the logger, else to stderr; in GitHub Actions also to the page of the workflow run.
import { environment } from './environment.ts';
import type { Logger } from './options.ts';

/** Reports a warning once in each place where someone may look for it. */
export function reportWarning(message: string, logger: Logger | undefined): void {
  const isAction = environment('GITHUB_ACTIONS') === 'true';
  if (isAction) process.stdout.write(`::warning::${message.replaceAll(/[%\r\n]/g, encodeURIComponent)}\n`);
  if (logger) logger.warn(message);
  // The line above is in the log of an action already.
  else if (!isAction) process.stderr.write(`${message}\n`);
}
