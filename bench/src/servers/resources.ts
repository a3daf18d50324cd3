// What a process has used, as Linux counts it in /proc. Elsewhere there is no such thing, and no figure.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const msPerTick = 10;

/** CPU of a process and of all that it has started, whether they still run or not; null where that can't be known. */
export function cpuMsOf(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== 'linux') return null;
  const running = readStats();
  const ofFamily = (each: Stat): number =>
    each.cpuMs + running.filter(({ parent }) => parent === each.pid).reduce((sum, child) => sum + ofFamily(child), 0);
  const found = running.find((each) => each.pid === pid);
  return found === undefined ? null : ofFamily(found);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and that of its children that have ended. */
  readonly cpuMs: number;
}

function readStats(): Stat[] {
  return readdirSync('/proc').flatMap((entry) => {
    const text = /^\d+$/.test(entry) ? readIfThere(`/proc/${entry}/stat`) : undefined;
    if (text === undefined) return [];
    // After the name, which may hold anything: state, parent, …, and from the twelfth on the ticks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid: Number(entry), parent: Number(fields[1]), cpuMs: ticks * msPerTick }];
  });
}

/** Memory of a process in bytes: now, and at most since {@link forgetPeak}. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } | null {
  const status = process.platform === 'linux' ? readIfThere(`/proc/${pid}/status`) : undefined;
  if (status === undefined) return null;
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Has the peak counted anew. */
export function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended since it was listed.
    return undefined;
  }
}
