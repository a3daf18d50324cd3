import { environment } from './options.ts';

/** Shows a warning on the workflow run's page, where there is one. */
export function warnInAction(message: string): void {
  if (environment('GITHUB_ACTIONS') !== 'true') return;
  const escaped = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  process.stdout.write(`::warning::${escaped}\n`);
}
