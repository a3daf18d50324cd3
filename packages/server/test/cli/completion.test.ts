// Runs the printed completion scripts in the shells that they are for.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rsolv } from '@rsolv/test-harness/cli';
import { makeFolder, run } from '@rsolv/test-harness/server-process';

/** A typed line, whose last word is to be completed, and the words offered for it. */
const cases: [string, string][] = [
  [
    'rsolv ',
    'audit backup completion customer execution forge import key migrate pepper repository serve setup whoami',
  ],
  ['rsolv f', 'forge'],
  ['rsolv key ', 'create import list revoke rotate'],
  ['rsolv key re', 'revoke'],
  ['rsolv key create --na', '--name'],
  ['rsolv key create --json --ex', '--expires'],
  ['rsolv key create --scopes ', 'manage phases:read phases:write reports:read'],
  ['rsolv key create --scopes ph', 'phases:read phases:write'],
  ['rsolv forge add --forge ', 'github gitlab'],
  ['rsolv forge add --forge gitl', 'gitlab'],
  ['rsolv forge add --forge gitlab --cu', '--customer'],
  ['rsolv audit --outcome=re', 'refused'],
  ['rsolv completion ', 'bash fish zsh'],
  ['rsolv setup --customer ', ''],
  ['rsolv setup --customer key --for', '--forge'],
  [
    'rsolv nonsense ',
    'audit backup completion customer execution forge import key migrate pepper repository serve setup whoami',
  ],
];

const isInstalled = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** By shell, a program that prints the words offered for the words in "$@", one a line. */
const programs = {
  bash: `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rsolv; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: `compdef() {}; compset() { PREFIX=\${PREFIX#*=} }
    _describe() { local each word; for each in "\${(@P)2}"; do
      each=\${each//'\\:'/+}; word=\${\${each%%:*}//+/:}; [[ $word == $PREFIX* ]] && print -r -- "$word"; done }
    source "$0"; words=("$@"); CURRENT=$#; PREFIX=\${words[-1]}; _rsolv`,
  fish: `source $argv[1]; complete -C (string join ' ' -- $argv[2..])`,
};

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  it.skipIf(!isInstalled(shell))('offers the words that may come next', async () => {
    await using folder = await makeFolder();
    const file = join(folder.path, `completion.${shell}`);
    const { code, stdout: script, stderr } = await rsolv(['completion', shell], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await writeFile(file, script);
    const complete = async (line: string): Promise<[string, string]> => {
      // Bash splits --option=value into three words.
      const words = line.split(shell === 'bash' ? /(?<==)|(?==)| / : ' ');
      const options = shell === 'zsh' ? ['-f'] : [];
      const { stdout, stderr } = await run([shell, ...options, '-c', programs[shell], file, ...words]);
      expect(stderr).toBe('');
      const found = stdout.split('\n').map((each) => each.replace(/\t.*/, '').replace(/^--\w+=/, ''));
      const isOption = line.endsWith('-') || / -\S*$/.test(line);
      const offered = found.filter((each) => each !== '' && (isOption || !each.startsWith('-')));
      return [line, offered.toSorted().join(' ')];
    };
    const offered = await Promise.all(cases.map(([line]) => complete(line)));
    expect(offered).toEqual(cases);
  });
});

it('evaluates nothing that was typed', async () => {
  const { stdout: script } = await rsolv(['completion', 'bash'], {});
  expect(script).not.toMatch(/\beval\b/);
  const line = `COMP_WORDS=(rsolv key import --api-key '$(touch /tmp/evaluated)' --cu); COMP_CWORD=5; _rsolv; echo "\${COMPREPLY[@]}"`;
  expect(await run(['bash', '-xc', `${script}\n${line}`])).toMatchObject({
    stdout: '--customer\n',
    stderr: expect.not.stringMatching(/^\++ touch/m),
  });
});

it('rejects other shells', async () => {
  expect(await rsolv(['completion', 'tcsh'], {})).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
});
