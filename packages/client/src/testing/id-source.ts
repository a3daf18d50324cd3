/**
 * Makes ids as the platform's: UUID v7, in the order in which they were made. They depend on the clock and on how many
 * came before, on nothing random.
 */
export function idSource(now: () => Date): () => string {
  let made = 0;
  return () => {
    const time = now().getTime().toString(16).padStart(12, '0');
    const count = (made++).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
  };
}
