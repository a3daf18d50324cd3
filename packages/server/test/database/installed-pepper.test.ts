// The database knows the pepper that hashed API keys last, and refuses servers that lack it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import { recordPepper, replacePepper } from '../../src/access/installed-pepper.ts';
import { makeKeyRing } from '../../src/access/key-ring.ts';
import type { Database } from '../../src/database/open-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => void (await database.kysely.deleteFrom('installation').execute()));

const [old, next, other] = ['the old pepper', 'the next pepper', 'another pepper'] as const;

/** Whether a server with these peppers may start. */
const starts = (...peppers: [string, ...string[]]): Promise<boolean> =>
  recordPepper(database.kysely, makeKeyRing(peppers), 'RSOLV_KEY_PEPPER').then(
    () => true,
    () => false,
  );

it('accepts any pepper first, and only that one from then on', async () => {
  expect(await starts(old)).toBe(true);
  expect(await starts(old)).toBe(true);
  expect(await starts(other)).toBe(false);
  expect(await starts(old)).toBe(true);
});

it('names the source of a wrong pepper, and neither pepper', async () => {
  await starts(old);
  const wrong = recordPepper(database.kysely, makeKeyRing([other]), '/data/key-pepper');
  await expect(wrong).rejects.toThrow(/^The pepper in \/data\/key-pepper does not fit this database.*pepper replace/);
  await expect(wrong).rejects.not.toThrow(new RegExp(`${old}|${other}`));
});

describe('while the pepper is rotated', () => {
  it('accepts the documented steps on two servers, each after the other', async () => {
    const steps: [string, ...string[]][] = [[old], [old, next], [next, old], [next]];
    for (const step of steps) {
      expect([await starts(...step), await starts(...step)]).toEqual([true, true]);
    }
    expect(await starts(old)).toBe(false);
  });

  it.each<[string, [string, ...string[]], [string, ...string[]]]>([
    ['before the first step', [old, next], [old]],
    ['between the steps', [next, old], [old, next]],
    ['before the last step', [next], [next, old]],
  ])('accepts a restart of a server that is still one step behind: %s', async (_name, ahead, behind) => {
    await starts(old, next);
    await starts(...behind);
    expect([await starts(...ahead), await starts(...behind), await starts(...ahead)]).toEqual([true, true, true]);
  });

  it('refuses a server that missed a step', async () => {
    await starts(old);
    expect(await starts(next)).toBe(false);
    expect(await starts(next, old)).toBe(true);
    expect(await starts(old)).toBe(false);
    expect(await starts(old, other)).toBe(false);
  });
});

it('accepts one of two servers that start at the same time with different peppers', async () => {
  const outcomes = await Promise.all([starts(old), starts(other), starts(old), starts(other)]);
  expect(outcomes.filter(Boolean)).toHaveLength(2);
});

it('accepts another pepper after it was replaced', async () => {
  await replacePepper(database.kysely, makeKeyRing([old]));
  expect([await starts(other), await starts(old)]).toEqual([false, true]);
  await replacePepper(database.kysely, makeKeyRing([other]));
  expect([await starts(old), await starts(other)]).toEqual([false, true]);
});
