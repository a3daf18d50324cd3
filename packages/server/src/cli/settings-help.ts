import type { Command } from 'commander';
import { describeSettings, type DescribedSetting } from '../config/describe-settings.ts';
import { platformSettings, tracingSettings } from '../config/environment.ts';

/** Adds every setting, with its default, to the help of a command. */
export function addSettingsHelp(command: Command): void {
  command.addHelpText('after', ({ error }) => {
    const helper = command.createHelp();
    const output = command.configureOutput();
    helper.prepareContext({ helpWidth: (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? 80 });
    const settings = [...describeSettings(platformSettings), ...describeSettings(tracingSettings)];
    const width = Math.max(...settings.map(({ name }) => name.length));
    const items = settings.map((setting) => helper.formatItem(setting.name, width, describe(setting), helper));
    return ['', helper.styleTitle('Settings (environment variables):'), ...items].join('\n');
  });
}

function describe({ description, unit, default: byDefault }: DescribedSetting): string {
  const facts = [
    unit === undefined ? '' : ` Unit: ${unit}.`,
    byDefault === undefined ? '' : ` Default: ${byDefault}.`,
  ].join('');
  return `${description}${facts}`.replaceAll('`', '');
}
