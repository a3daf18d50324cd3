import type { Command } from 'commander';
import { local } from '../audit/actor.ts';
import { readConfig, type Config } from '../config.ts';
import type { RunningPlatform } from '../main.ts';
import { print } from './output.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the platform until it is told to stop')
    .action(async () => {
      const config = readConfig();
      const { startPlatform } = await import('../main.ts');
      const platform = await startPlatform(config);
      stopOnSignal(platform);
      try {
        await greet(platform, config);
      } catch (thrown) {
        await platform.stop();
        throw thrown;
      }
    });
}

function stopOnSignal(platform: RunningPlatform): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      void platform.stop();
    });
  }
}

async function greet(
  { url, metricsUrl, platform: { database, keyRing } }: RunningPlatform,
  config: Config,
): Promise<void> {
  print(`RSOLV phase data platform: ${url}, to browse at ${url}/docs`);
  if (metricsUrl !== undefined) print(`Metrics: ${metricsUrl}`);
  print(
    config.database.kind === 'embedded'
      ? `Data: ${config.database.dataDir} (embedded)`
      : 'Data: PostgreSQL, by DATABASE_URL',
  );
  const { listCustomers } = await import('../customers/list-customers.ts');
  const hasCustomers = async () => (await listCustomers(database.fork())).length > 0;
  if (config.database.kind === 'postgres') {
    // A hint is not worth a server that runs, whatever has become of its database meanwhile.
    if (!(await hasCustomers().catch(() => true)))
      print('There are no customers yet. Make one with: npm run rsolv -- setup --customer NAME --namespace OWNER');
  } else if (await hasCustomers()) {
    print(
      'The API key was shown at the first start. For another, stop this and: npm run rsolv -- key create --customer NAME',
    );
  } else {
    const namespace = config.firstNamespace;
    const { setUpCustomer } = await import('../forges/set-up-customer.ts');
    const { apiKey } = await setUpCustomer(database.fork(), keyRing, {
      customerName: 'local',
      forge: 'github',
      namespace,
      by: local('platform'),
    });
    print(
      `\nMade the customer "local", which holds the GitHub namespace ${namespace}. Its API key, shown this once:\n\n  ${apiKey}\n`,
    );
    print('Paste these one after the other: each phase stores its result and gets back all there is so far.\n');
    for (const line of firstCalls(url, apiKey, namespace)) print(`${line}\n`);
  }
}

/** A curl line for each phase, the later ones at later commits, as in real life. */
function firstCalls(url: string, apiKey: string, namespace: string): string[] {
  const repo = `${namespace}/demo`;
  const scanned = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
  const vulnerability = { type: 'command_injection', severity: 'critical', filePath: 'Gruntfile.js', line: 14 };
  const bodies = [
    { phase: 'scan', repo, commitSha: scanned, branch: 'main', data: { vulnerabilities: [vulnerability] } },
    {
      phase: 'validation',
      repo,
      issueNumber: 42,
      commitSha: '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f',
      data: { validated: true, testPath: 'test/gruntfile.test.js' },
    },
    {
      phase: 'mitigation',
      repo,
      issueNumber: 42,
      commitSha: '9c4e2b7a1d3f5e6c8b0a2d4f6e8c0b1a3d5f7e9c',
      data: { prUrl: `https://github.com/${repo}/pull/43`, fixes: [{ file: 'Gruntfile.js' }] },
    },
  ];
  const key = `-H 'x-api-key: ${apiKey}'`;
  const retrieve = `curl -sS '${url}/api/v1/phases/retrieve?repo=${repo}&issue=42&commit=${scanned}' ${key} -w '\\n'`;
  return bodies.map(
    (body) =>
      `curl -sS ${url}/api/v1/phases/store ${key} -H 'content-type: application/json' -d '${JSON.stringify(body)}' -w '\\n' && ${retrieve}`,
  );
}
