// The documents of the repository, and the code blocks in them.
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of the repository. */
export const repositoryRoot = join(import.meta.dirname, '../../..');

const ignored = /(^|\/)(node_modules|dist|coverage|\.changeset)\/|CHANGELOG\.md$|\.api\.md$/;

/** The paths of all documents, relative to the repository. */
export const documentPaths: readonly string[] = globSync('**/*.md', {
  cwd: repositoryRoot,
  exclude: (path) => ignored.test(`${path}/`),
})
  .filter((path) => !ignored.test(path))
  .toSorted();

/** The text of a file of the repository. */
export const readDocument = (path: string): Promise<string> => readFile(join(repositoryRoot, path), 'utf8');

/** A fenced code block. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The JSON block right below it, which shows its output. */
  readonly output: string | undefined;
}

/** The code blocks of a document, in order. */
export const blocksOf = (document: string): Block[] =>
  [...document.matchAll(/^ *```(\w+)\n(.*?)^ *```\n(?:\n```json\n(.*?)^```$)?/gms)].map(
    ([, language = '', text = '', output]) => ({ language, text, output }),
  );
