import type { ProvidedContext } from 'vitest';
import type { TestProject } from 'vitest/node';

/** The value that a global setup created, and how to remove it at the end. */
interface Made<Value> {
  readonly value: Value;
  readonly remove: () => Promise<void>;
}

/** Provides a value to the test files of all projects. The first project that needs it creates it. */
export async function provideOnce<Key extends keyof ProvidedContext>(
  { vitest }: TestProject,
  key: Key,
  make: () => Promise<Made<ProvidedContext[Key]>>,
): Promise<(() => Promise<void>) | undefined> {
  const root = vitest.getRootProject();
  if (key in root.getProvidedContext()) return undefined;
  const { value, remove } = await make();
  root.provide(key, value);
  return remove;
}
