// Reads the resource usage of a process from /proc on Linux. On other systems, there are no values.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const msPerTick = 10;

/** Returns the CPU time of a process and of all its descendants, including ended ones; null if it is unknown. */
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
  /** The CPU time of the process and of its ended children. */
  readonly cpuMs: number;
}

function readStats(): Stat[] {
  return readdirSync('/proc').flatMap((entry) => {
    const text = /^\d+$/.test(entry) ? readIfThere(`/proc/${entry}/stat`) : undefined;
    if (text === undefined) return [];
    // The fields after the name, which may contain any character: state, parent, …, and from the twelfth on the ticks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid: Number(entry), parent: Number(fields[1]), cpuMs: ticks * msPerTick }];
  });
}

/** Returns the memory of a process in bytes: the current value, and the peak since {@link forgetPeak}. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } | null {
  const status = process.platform === 'linux' ? readIfThere(`/proc/${pid}/status`) : undefined;
  if (status === undefined) return null;
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Resets the peak. */
export function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended since it was listed.
    return undefined;
  }
}
