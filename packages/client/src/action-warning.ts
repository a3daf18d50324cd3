import { environment } from './options.ts';

/** Shows a warning on the workflow run's page, where there is one. */
export function warnInAction(message: string): void {
  if (environment('GITHUB_ACTIONS') !== 'true') return;
  process.stdout.write(`::warning::${message.replaceAll(/[%\r\n]/g, (each) => encodeURIComponent(each))}\n`);
}
