// Changes the server's types in a copy of the sources: the callers that have to follow fail the type check.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

const calls = 'packages/client/test/types/calls.test-d.ts';
const threePhases = (name: string) => `examples/three-phases/${name}.ts`;
const typedClient = 'examples/typed-client/typed-client.ts';

/** A piece of a file and its replacement. The server still passes its own type check. */
type Edit = readonly [file: string, piece: string, replacement: string];

interface Change {
  readonly what: string;
  readonly edits: readonly Edit[];
  /** The files of callers that have to follow. */
  readonly fails: readonly string[];
}

const store = 'packages/shared/src/contract/store.ts';
const retrieve = 'packages/shared/src/contract/retrieve.ts';
const procedures = 'packages/server/src/rpc/phases.ts';

const changes: Change[] = [
  {
    what: 'a field of an output has another name',
    edits: [
      [store, 'id: z.uuid()', 'executionId: z.uuid()'],
      ['packages/server/src/phases/store.ts', 'id: executionId,', 'executionId,'],
      [procedures, 'stored.id', 'stored.executionId'],
    ],
    fails: [typedClient, ...['mitigate', 'scan', 'validate'].map(threePhases), calls],
  },
  {
    what: 'a phase of a retrieve has another name',
    edits: [
      [retrieve, 'validation: byIssue', 'validations: byIssue'],
      [
        'packages/server/src/phases/retrieve.ts',
        '(validation && { validation: readEach',
        '(validation && { validations: readEach',
      ],
    ],
    fails: [typedClient, ...['mitigate', 'three-phases'].map(threePhases), calls],
  },
  {
    what: 'issues have other keys',
    edits: [
      [retrieve, "z.templateLiteral(['issue-', z.int()])", 'z.templateLiteral([z.int()])'],
      [
        'packages/server/src/phases/retrieve-statements.ts',
        'Record<`issue-${number}`, StoredData>',
        'Record<`${number}`, StoredData>',
      ],
      ['packages/server/src/phases/retrieve.ts', 'Record<`issue-${number}`, Data>', 'Record<`${number}`, Data>'],
      ['packages/server/src/phases/retrieve.ts', '[`issue-${issueNumber}`]: stored', '[`${issueNumber}`]: stored'],
    ],
    fails: [typedClient, ...['mitigate', 'three-phases'].map(threePhases), calls],
  },
  {
    what: 'a timestamp is text',
    edits: [
      ['packages/shared/src/contract/api-key.ts', 'createdAt: timestamp', 'createdAt: z.string()'],
      [
        'packages/server/src/accounts/describe-key.ts',
        'createdAt, expiresAt, lastUsedAt, revokedAt };',
        'createdAt: createdAt.toISOString(), expiresAt, lastUsedAt, revokedAt };',
      ],
    ],
    fails: [calls],
  },
  {
    what: 'a field of an input is required',
    edits: [[store, '.max(255, maxLengthError(255))\n      .nullish()', '.max(255, maxLengthError(255))']],
    fails: [typedClient, ...['mitigate', 'validate'].map(threePhases), calls],
  },
  {
    what: 'a field of an input accepts less',
    edits: [['packages/shared/src/contract/text.ts', '.custom<number | string>', '.custom<number>']],
    fails: [...['mitigate', 'three-phases', 'validate'].map(threePhases), calls],
  },
  {
    what: 'a procedure has another name',
    edits: [[procedures, 'retrieve: procedure', 'read: procedure']],
    fails: [typedClient, ...['mitigate', 'three-phases', 'validate'].map(threePhases), calls],
  },
  {
    what: 'an output may contain other fields',
    edits: [[procedures, '.output(retrieveOutput)', '.output(retrieveOutput.loose())']],
    fails: [calls],
  },
];

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'rsolv-changed-server-'));
  const leftOut = new Set(['dist', 'scripts', 'harness', 'platform', 'fixtures']);
  const filter = (path: string) => !leftOut.has(basename(path)) && !path.endsWith('.test.ts');
  // Workspace packages are relative links, so that those of the copy lead into the copy.
  for (const folder of ['packages', 'migrations', 'examples', 'tsconfig.base.json']) {
    await cp(join(root, folder), join(copy, folder), { recursive: true, verbatimSymlinks: true, filter });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const tsconfig = {
    extends: './tsconfig.base.json',
    // Incremental, since each change affects few files.
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      incremental: true,
      lib: ['es2024', 'dom', 'dom.iterable'],
    },
    include: ['examples/three-phases/*.ts', 'examples/typed-client/*.ts', calls],
  };
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify(tsconfig));
});
afterAll(() => rm(copy, { recursive: true }));

/** The files with type errors: of callers, and of what they import. */
async function failingFiles(): Promise<string[]> {
  try {
    await run(join('node_modules', '.bin', 'tsc'), ['--pretty', 'false'], { cwd: copy });
    return [];
  } catch (thrown) {
    const output = thrown instanceof Error && 'stdout' in thrown ? String(thrown.stdout) : '';
    const files = new Set([...output.matchAll(/^(\S+)\(\d+,\d+\): error TS/gm)].map(([, file = '']) => file));
    if (files.size === 0) throw thrown;
    return [...files];
  }
}

async function edit([file, piece, replacement]: Edit): Promise<() => Promise<void>> {
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  if (text.split(piece).length !== 2)
    throw new Error(`${file} does not contain "${piece}" exactly once; fix this test`);
  await writeFile(
    path,
    text.replace(piece, () => replacement),
  );
  return () => writeFile(path, text);
}

describe('the type check of callers', () => {
  it('passes with the server as it is', async () => {
    expect(await failingFiles()).toEqual([]);
  });

  it.each(changes)('fails where $what', async ({ edits, fails }) => {
    const undo: (() => Promise<void>)[] = [];
    try {
      for (const each of edits) undo.push(await edit(each));
      const failing = await failingFiles();
      expect(failing).toEqual(expect.arrayContaining([...fails]));
      expect(failing.filter((file) => file.includes('/src/'))).toEqual([]);
    } finally {
      for (const each of undo) await each();
    }
  });
});
