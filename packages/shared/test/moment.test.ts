import { expect, it, vi, onTestFinished } from 'vitest';
import { duration, futureMoment, pastMoment } from '../src/contract/moment.ts';

const now = '2026-11-30T12:34:56.000Z';

function stopTheClock(): void {
  vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

it.each([
  ['2026-10-31', '2026-10-31T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2026-10-31T12:00Z', '2026-10-31T12:00:00.000Z'],
  ['2026-10-31T12:00:01.5+02:00', '2026-10-31T10:00:01.500Z'],
  ['2026-10-31T12:00', '2026-10-31T12:00:00.000Z'],
  ['2026-10-31T23:59:59', '2026-10-31T23:59:59.000Z'],
  ['today', '2026-11-30T00:00:00.000Z'],
  ['yesterday', '2026-11-29T00:00:00.000Z'],
  ['30s', '2026-11-30T12:34:26.000Z'],
  ['90m', '2026-11-30T11:04:56.000Z'],
  ['24h', '2026-11-29T12:34:56.000Z'],
  ['7d', '2026-11-23T12:34:56.000Z'],
  ['2w', '2026-11-16T12:34:56.000Z'],
])('reads the moment %j in the past', (text, at) => {
  stopTheClock();
  expect(pastMoment.parse(text).at.toISOString()).toBe(at);
});

it('gives two texts of the same time the same canonical form, and a duration its own', () => {
  const canonical = (text: string) => pastMoment.parse(text).canonical;
  expect(canonical('2026-10-31')).toBe(canonical('2026-10-31T02:00:00+02:00'));
  expect(canonical('7d')).toBe('7d');
});

it.each([
  '',
  ' ',
  '7',
  '7 d',
  '-7d',
  '7y',
  '7toString',
  '1234567d',
  'tomorrow-ish',
  '2026-02-30',
  '2026-13-01',
  '2026-10-31T24:00Z',
  '2026-10-31 12:00',
  '31.10.2026',
  '1796057606',
  '2026',
])('refuses the moment %j', (text) => {
  const { error } = pastMoment.safeParse(text);
  expect(error?.issues.map(({ message }) => message)).toEqual([
    `must be a date such as 2026-01-31, an ISO 8601 time such as 2026-01-31T12:00Z, or a duration such as 90m, 24h or 7d, not ${JSON.stringify(text)}`,
  ]);
});

it('says what became of a "+" that was not encoded in a URL', () => {
  const { error } = pastMoment.safeParse('2026-10-31T12:00:00 02:00');
  expect(error?.issues[0]?.message).toContain('in a URL, encode "+" as "%2B"');
});

it('counts a duration in the future from now on', () => {
  stopTheClock();
  expect(futureMoment.parse('90d').toISOString()).toBe('2027-02-28T12:34:56.000Z');
  expect(futureMoment.parse('2027-01-31').toISOString()).toBe('2027-01-31T00:00:00.000Z');
});

it.each([
  ['yesterday', `must be in the future, but is 2026-11-29T00:00:00.000Z; the time is ${now}`],
  ['0s', `must be in the future, but is ${now}; the time is ${now}`],
  ['1970-01-01', 'must not be before the year 2000, but is 1970-01-01T00:00:00.000Z'],
])('refuses %j as a moment in the future', (text, message) => {
  stopTheClock();
  expect(futureMoment.safeParse(text).error?.issues[0]?.message).toBe(message);
});

it.each([
  ['45s', 45_000],
  ['90m', 5_400_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1w', 604_800_000],
])('reads the duration %j', (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

it.each(['24', 'h', '1.5h', '2026-10-31', 'today', '1d12h'])('refuses the duration %j', (text) => {
  expect(duration.safeParse(text).error?.issues[0]?.message).toMatch(/^must be a duration such as 90m, 24h or 7d/);
});
