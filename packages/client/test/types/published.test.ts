// The published types, which the build rolls up into one file: they are complete, contain nothing of the server, and compile
// the examples of documents and doc comments. More: published.release.test.ts
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enterConsumer, publishedTypes } from '../harness/consumer.ts';

const packages = join(import.meta.dirname, '../../..');

/** By file name, the ts blocks of a document or of a source's doc comments; each is a program of its own. */
async function examplesIn(path: string): Promise<[name: string, text: string][]> {
  const text = await readFile(join(packages, path), 'utf8');
  return [...text.matchAll(/^( \* )?```ts\n(.*?)^( \* )?```$/gms)].map(([, prefix, block = ''], index) => [
    `${path.replace(/^[./]+/, '').replaceAll(/\W+/g, '-')}-${index + 1}.ts`,
    prefix === undefined ? block : block.replaceAll(/^ \* ?/gm, ''),
  ]);
}

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(packages, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

describe('the published types', () => {
  it('have no any, and import nothing', async () => {
    const types = await publishedTypes();
    const code = types.map((text) => text.replaceAll(/\/\*.*?\*\//gs, ''));
    expect(code.filter((text) => text.includes('createClient'))).not.toEqual([]);
    expect(code.flatMap((text) => text.match(/.*\bany\b.*/g) ?? [])).toEqual([]);
    expect(code.flatMap((text) => text.match(/.*\b(?:from|import\()\s*['"][^.].*/g) ?? [])).toEqual([]);
  });

  it('compile the examples of the documents and of doc comments', async () => {
    await using consumer = await enterConsumer();
    const guides = (await readdir(join(packages, '../docs/integrate'))).map((name) => `../docs/integrate/${name}`);
    const sources = (await Promise.all(['client/src', 'shared/src'].map(sourcesOf))).flat();
    const paths = ['../README.md', 'client/README.md', ...guides, ...sources];
    const examples = (await Promise.all(paths.map(examplesIn))).flat();
    const names = examples.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'README-md-1.ts',
        'client-README-md-1.ts',
        'docs-integrate-typed-client-md-1.ts',
        'client-src-create-client-ts-1.ts',
        'client-src-testing-create-testing-platform-ts-1.ts',
      ]),
    );
    expect(await consumer.typeCheck(Object.fromEntries(examples))).toBe('');
  });
});
