import { expect, it } from 'vitest';
import { nameProgram } from '../../src/cli/name-program.ts';

const named = (text: string) => nameProgram(text, 'npm run rsolv --');

it('names the program in commands as it is called', () => {
  expect(named('List all customers with `rsolv customer list`.')).toBe(
    'List all customers with `npm run rsolv -- customer list`.',
  );
  expect(named('add and verify it: rsolv forge add X && rsolv forge verify X')).toBe(
    'add and verify it: npm run rsolv -- forge add X && npm run rsolv -- forge verify X',
  );
  expect(named('rsolv setup --customer NAME')).toBe('npm run rsolv -- setup --customer NAME');
});

it.each(['/opt/rsolv/bin/rsolv key list', 'the rsolv command', "'/a b/rsolv' key list", 'npm run rsolv -- key list'])(
  'leaves %j as it is',
  (text) => {
    expect(named(text)).toBe(text);
  },
);
