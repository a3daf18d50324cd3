const minLength = 32 * 1024;

/** The body compressed; undefined where it is too short to gain by it, or the runtime can't. */
export async function gzip(body: string): Promise<ArrayBuffer | undefined> {
  if (body.length < minLength || typeof CompressionStream === 'undefined') return undefined;
  const compressed = new Response(body).body?.pipeThrough(new CompressionStream('gzip'));
  return new Response(compressed).arrayBuffer();
}
