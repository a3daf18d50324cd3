// The packed package in other projects, on this repository's Node. On the other runtimes: projects.release.test.ts
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { currentRuntime } from '../harness/runtimes.ts';
import { portable, testPrograms } from './run-programs.ts';

testPrograms([[currentRuntime, portable]]);

it('the program uses every export', async () => {
  const { folder } = inject('strangers');
  const entries = ['index', 'testing'].map((entry) => `node_modules/@rsolv/client/dist/package/${entry}.d.mts`);
  const types = await Promise.all(entries.map((path) => readFile(join(folder, path), 'utf8')));
  const exported = types.flatMap((text) => /^export \{ (.*) \};$/m.exec(text)?.[1]?.split(', ') ?? []);
  const names = exported.map((each) => each.replace(/^type /, ''));
  expect(names).toEqual(expect.arrayContaining(['createClient', 'createTestingPlatform']));
  const program = join(folder, 'bundler/program');
  const sources = await Promise.all((await readdir(program)).map((file) => readFile(join(program, file), 'utf8')));
  const used = new Set(sources.join('\n').match(/\w+/g));
  expect(names.filter((name) => !used.has(name))).toEqual([]);
});
