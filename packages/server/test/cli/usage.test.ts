// A wrong call prints what is wrong, opens nothing, and exits with 2.
import { describe, expect, it } from 'vitest';
import { platformSettings, tracingSettings } from '../../src/config/environment.ts';
import { version } from '../../src/config/version.ts';
import { rsolv } from '@rsolv/test-harness/cli';

const commands = [
  'serve',
  'migrate',
  'backup',
  'setup',
  'customer',
  'key',
  'forge',
  'pepper',
  'repository',
  'execution',
  'import',
  'audit',
  'whoami',
  'completion',
];

it.concurrent.each([
  ['', commands],
  ['customer', ['create', 'list', 'rename', 'delete', 'deactivate', 'activate']],
  ['key', ['create', 'import', 'list', 'rotate', 'revoke']],
  ['forge', ['add', 'verify', 'list', 'remove']],
  ['pepper', ['replace']],
])('rsolv %s --help lists the commands', async (group, names) => {
  const { code, stdout, stderr } = await rsolv([group, '--help'].filter(Boolean), {});
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const listed = [...stdout.replace(/[^]*\nCommands:\n/, '').matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
  expect(new Set(listed.filter((name) => name !== 'help'))).toEqual(new Set(names));
});

it('rsolv serve --help lists every setting with its default', async () => {
  const { code, stdout } = await rsolv(['serve', '--help'], {});
  const help = stdout.slice(stdout.indexOf('Settings (environment variables):')).replaceAll(/\n {3,}/g, ' ');
  expect(code).toBe(0);
  for (const [name, described] of [
    ['PORT', 'The port to listen on. 0 means any free port. Default: 4000.'],
    ['DATABASE_TIMEOUT', 'The caller gets 503 when it passes. Unit: seconds. Default: 10.'],
    ['OTEL_TRACES_SAMPLER_ARG', 'Default: 1.'],
  ]) {
    expect(help.split('\n').find((line) => line.trim().startsWith(`${name} `))).toContain(described);
  }
  const listed = [...help.matchAll(/^ {2}([A-Z_]+) /gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys({ ...platformSettings.shape, ...tracingSettings.shape }));
});

it.each(['--version', '-V'])('rsolv %s prints the version', async (option) => {
  expect(await rsolv([option], {})).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

const wholeKey = 'a-key-of-16-characters-or-more';

describe('rejects', () => {
  it.concurrent.each([
    ['nonsense', /unknown command 'nonsense'/],
    ['customer nonsense', /unknown command 'nonsense'/],
    ['serve --port 3', /unknown option '--port'/],
    ['migrate now', /too many arguments/],
    ['setup --namespace acme', /'--customer <name>' not specified/],
    ['setup --customer acme', /'--namespace <owner>' not specified/],
    ['setup --customer acme --namespace acme/demo', /--namespace: .*"acme\/demo"/],
    ['setup --customer acme --namespace acme --forge sourceforge', /sourceforge.*github, gitlab/],
    ['setup --customer acme --namespace acme//sub --forge gitlab', /--namespace: has the invalid GitLab group/],
    ['setup --customer= --namespace acme', /--customer.*must not be empty/],
    ['customer create', /missing required argument 'name'/],
    ['customer deactivate', /missing required argument 'customer'/],
    ['key create', /'--customer <name>' not specified/],
    ['key create --customer acme --expires tomorrow', /--expires.*must be a date such as/],
    ['key create --customer acme --expires 2020-01-31', /--expires.*must be in the future/],
    ['key create --customer acme --expires 2031-02-30', /--expires.*must be a date such as/],
    ['key import --customer acme --api-key short', /--api-key.*at least 16 characters/],
    ['key import --customer acme', /at least 16 characters/],
    ['key create --customer acme --scopes manage --repositories a/b', /--repositories: must be left out/],
    ['key create --customer acme --expires 0d', /--expires.*must be in the future/],
    ['key rotate some-id --overlap 24', /--overlap.*must be a duration such as/],
    ['audit --since last-week', /--since.*must be a date such as/],
    ['key revoke', /missing required argument 'apiKeyId'/],
    ['forge add --customer acme', /'--namespace <owner>' not specified/],
    ['forge verify --customer acme --namespace a..b', /--namespace: .*"a\.\.b"/],
    ['forge remove --namespace acme', /'--customer <name>' not specified/],
    ['import --check', /missing required argument 'file'/],
    ['import a.sarif', /'--check' not specified/],
    ['import a.sarif --check --checkout src', /--checkout.*must be an absolute path/],
    ['pepper replace', /become invalid\. To confirm, add --invalidate-keys/],
    ['whoami', /--api-key or RSOLV_API_KEY/],
    [`whoami --api-key ${wholeKey} --url nonsense`, /--url.*must be a URL/],
  ])('rsolv %s', async (command, message) => {
    // A command that opened the database would exit with 1.
    const { code, stdout, stderr } = await rsolv(command.split(' '), { DATABASE_URL: 'nonsense' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('a call without a command, and prints the help', async () => {
    const { code, stdout, stderr } = await rsolv([], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: rsolv');
  });
});
