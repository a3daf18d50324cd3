import { describeSettings, type DescribedSetting } from '../../src/config/describe-settings.ts';
import { platformSettings, removedSettings, tracingSettings } from '../../src/config/environment.ts';

/** docs/reference/settings.md */
export function settingsPage(): string {
  const platform = describeSettings(platformSettings);
  const tracing = describeSettings(tracingSettings);
  const removed = removedSettings.map(([name, message]) => `- \`${name}\` ${message}.`);
  return `# Settings

The platform reads its settings from environment variables. An empty variable counts as absent, and
blanks and line ends around a value are dropped. A wrong value stops the
start with one line that names the variable and the values it takes, and leaves out the value itself.

${overview([...platform, ...tracing])}

## Platform

${platform.map(section).join('\n\n')}

## Tracing

Tracing is off unless one of the first four variables enables it. OpenTelemetry itself reads \`OTEL_SERVICE_NAME\` (default
\`rsolv-platform\`), \`OTEL_RESOURCE_ATTRIBUTES\`, \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_EXPORTER_OTLP_TIMEOUT\`,
\`OTEL_EXPORTER_OTLP_COMPRESSION\`, \`OTEL_EXPORTER_OTLP_CERTIFICATE\` and \`OTEL_BSP_…\` as
[its specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/) says.

${tracing.map(section).join('\n\n')}

## Removed settings

The server refuses to start with a setting that an earlier release had and this one has not.

${removed.join('\n')}
`;
}

/** The default of a setting, as an operator would write it. */
export const defaultOf = (name: keyof typeof platformSettings.shape): string | undefined =>
  describeSettings(platformSettings).find((setting) => setting.name === name)?.default;

const overview = (settings: readonly DescribedSetting[]): string =>
  [
    '| variable | default | unit |',
    '| --- | --- | --- |',
    ...settings.map(
      ({ name, default: byDefault, unit = '' }) =>
        `| [\`${name}\`](#${name.toLowerCase()}) | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${unit} |`,
    ),
  ].join('\n');

function section({ name, description, unit, default: byDefault, example }: DescribedSetting): string {
  const facts = [
    byDefault === undefined ? '' : `Default: \`${byDefault}\`.`,
    unit === undefined ? '' : `Unit: ${unit}.`,
    example === undefined ? '' : `Example: \`${example}\`.`,
  ].filter((fact) => fact !== '');
  return `### ${name}\n\n${description}${facts.length === 0 ? '' : `\n\n${facts.join(' ')}`}`;
}
