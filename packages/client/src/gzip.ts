const worthItLength = 32 * 1024;

/** The body packed, or undefined where it is too small to gain by it or the runtime can't. */
export async function gzip(body: string): Promise<ArrayBuffer | undefined> {
  if (body.length < worthItLength || typeof CompressionStream === 'undefined') return undefined;
  const packed = new Response(body).body?.pipeThrough(new CompressionStream('gzip'));
  return new Response(packed).arrayBuffer();
}
