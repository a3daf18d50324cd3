/**
 * Generates ids like the platform's: UUID v7, which sort by creation. They depend only on the clock and on the number of ids
 * before, so that tests are repeatable.
 */
export function idSource(now: () => Date): () => string {
  let made = 0;
  return () => {
    const time = now().getTime().toString(16).padStart(12, '0');
    const count = (made++).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
  };
}
