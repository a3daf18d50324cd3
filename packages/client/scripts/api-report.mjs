// Holds the package's surface to api/: one report for each entry of the package, made from its published types. With
// --update it writes the reports; without, it fails where one is not what is committed, and shows the difference.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, ExtractorMessageCategory } from '@microsoft/api-extractor';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const mayWrite = process.argv.includes('--update');

for (const [entry, { import: published }] of Object.entries(manifest.publishConfig.exports)) {
  const types = join(root, published.types);
  const name = entry === '.' ? 'index' : entry.slice('./'.length);
  if (!existsSync(types)) throw new Error(`There is no ${types}. Build it: pnpm --filter @rsolv/client build`);
  if (isAsCommitted(name, types)) continue;
  process.stderr.write(
    `The surface of @rsolv/client (${entry}) is not what packages/client/api/${name}.api.md says.\n` +
      'Where that is meant: pnpm api-report --update, commit the report, and add a changeset (pnpm changeset).\n',
  );
  process.exitCode = 1;
}

/** Whether the report of a file of types is what is committed, or is from now on. */
function isAsCommitted(name, types) {
  const folders = { reportFolder: join(root, 'api'), reportTempFolder: join(root, 'dist/api') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: types,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            lib: ['es2024', 'dom'],
            types: ['node'],
            strict: true,
          },
          files: [types],
        },
      },
      // What is not exported and yet part of the surface is in the report too.
      apiReport: { enabled: true, reportFileName: name, includeForgottenExports: true, ...folders },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } } },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { apiReportChanged, succeeded } = Extractor.invoke(config, {
    localBuild: mayWrite,
    printApiReportDiff: true,
    messageCallback: (message) => {
      // Its other lines about the report say what to copy where.
      message.handled ||=
        message.category === ExtractorMessageCategory.Console && message.messageId !== 'console-api-report-diff';
    },
  });
  if (!succeeded && !apiReportChanged) throw new Error(`API Extractor could not read ${types}.`);
  return mayWrite || !apiReportChanged;
}
