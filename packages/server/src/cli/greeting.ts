// What whoever starts a platform is told: where it is, where its data is, and what to do next.
import { local } from '../audit/actor.ts';
import type { Config } from '../config/config.ts';
import type { RunningPlatform } from '../lifecycle/start-platform.ts';
import { look } from './look.ts';
import { print, write } from './output.ts';
import { ownCommand } from './own-command.ts';

/** Greets, and at the first start on an embedded database makes a customer with a key. */
export async function greet(running: RunningPlatform, config: Config): Promise<void> {
  introduce(running, config.database);
  const { database } = running.platform;
  const { listCustomers } = await import('../accounts/list-customers.ts');
  const hasCustomers = async () => (await listCustomers(database.fork())).length > 0;
  if (config.database.kind === 'postgres') {
    // A hint is not worth a server that runs, whatever has become of its database meanwhile.
    if (await hasCustomers().catch(() => true)) return;
    print(`There are no customers yet. Make one with: ${ownCommand()} setup --customer NAME --namespace OWNER`);
  } else if (await hasCustomers()) {
    const next = `${ownCommand()} key create --customer NAME`;
    print(`The API key was shown at the first start. For another, stop this and: ${next}`);
  } else {
    await makeFirstKey(running, config.firstNamespace);
  }
}

function introduce({ url, metricsUrl }: RunningPlatform, database: Config['database']): void {
  const data = database.kind === 'embedded' ? `${database.dataDir} (embedded)` : 'PostgreSQL, by DATABASE_URL';
  if (!process.stdout.isTTY) {
    print(`RSOLV phase data platform: ${url}, to browse at ${url}/docs`);
    if (metricsUrl !== undefined) print(`Metrics: ${metricsUrl}`);
    print(`Data: ${data}`);
    return;
  }
  write(`\n${look('bold', 'RSOLV phase data platform')}\n`);
  write(`  ${look('dim', 'Address')}    ${look(['bold', 'cyan'], url)}`);
  write(`  ${look('dim', 'To browse')}  ${look('cyan', `${url}/docs`)}`);
  if (metricsUrl !== undefined) write(`  ${look('dim', 'Metrics')}    ${look('cyan', metricsUrl)}`);
  write(`  ${look('dim', 'Data')}       ${look('none', data)}`);
  write(`  ${look('dim', 'To stop')}    Ctrl-C\n`);
}

async function makeFirstKey({ url, platform: { database, keyRing } }: RunningPlatform, namespace: string) {
  const { setUpCustomer } = await import('../accounts/set-up-customer.ts');
  const { apiKey } = await setUpCustomer(database.fork(), keyRing, {
    customerName: 'local',
    forge: 'github',
    namespace,
    by: local('platform'),
  });
  const blank = process.stdout.isTTY ? '' : '\n';
  write(
    `${blank}Made the customer "local", which holds the GitHub namespace ${namespace}. Its API key, shown this once:\n`,
  );
  write(`  ${look(['bold', 'yellow'], apiKey)}\n`);
  print('Paste these one after the other: each phase stores its result and gets back all there is so far.');
  for (const line of firstCalls(url, apiKey, namespace)) write(`\n${line}`);
  write('');
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
