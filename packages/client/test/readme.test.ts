// What the README's tables say is what there is.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const readme = await read('README.md');

/** What the first cells of a section's table name as code. */
function listed(section: string): string[] {
  const [, text = ''] = readme.split(`\n## ${section}\n`);
  const [ownText = ''] = text.split('\n## ');
  const cells = [...ownText.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name));
}

/** The properties of an interface in options.ts. */
async function propertiesOf(name: string): Promise<string[]> {
  const source = await read('src/options.ts');
  const [, body = ''] = new RegExp(`^export interface ${name} .*?\\{\\n(.*?)^\\}`, 'ms').exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, property = '']) => property);
}

describe('README', () => {
  it('lists every option, and no other', async () => {
    const options = [...(await propertiesOf('ClientOptions')), ...(await propertiesOf('TransportOptions'))];
    expect(options).toEqual(expect.arrayContaining(['apiKey', 'timeoutMs', 'onRetry']));
    expect(listed('Options').toSorted()).toEqual(options.toSorted());
  });

  it('names what a single call takes', async () => {
    const [text = ''] = /^A single call takes .*?\n\n/ms.exec(readme) ?? [];
    for (const property of await propertiesOf('CallOptions')) expect(text).toContain(`\`${property}\``);
    expect(text).toContain('`idempotencyKey`');
  });

  it('lists every class of error, and no other', () => {
    const classes = Object.entries(client)
      .filter(([, value]) => 'prototype' in value && value.prototype instanceof client.RsolvError)
      .map(([name]) => name);
    expect(classes).toContain('ForgeAccountMissingError');
    expect(listed('Errors').toSorted()).toEqual(classes.toSorted());
  });
});
