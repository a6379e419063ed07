import { describe, expect, it } from 'vitest';
import { formatTime, parseLocal, resolveTime, span, toLocal, zoneName } from './time';

const at = '2026-11-18T11:53:12.123456Z';

describe('formatTime', () => {
  it.each([
    ['full', '2026-11-18 20:53:12'],
    ['second', '11-18 20:53:12'],
    ['milli', '11-18 20:53:12.123'],
    ['minute', '11-18 20:53'],
    ['day', '2026-11-18'],
    ['clock', '20:53:12'],
    ['hour', '20:53'],
  ] as const)('writes %s in the zone asked for', (style, want) => {
    expect(formatTime(at, 'Asia/Tokyo', style)).toBe(want);
  });
  it('goes over midnight with the zone', () => {
    expect(formatTime('2026-11-18T15:00:00Z', 'Asia/Tokyo', 'full')).toBe('2026-11-19 00:00:00');
  });
  it('writes nothing for what is no time', () => {
    expect(formatTime('yesterday', 'Asia/Tokyo', 'full')).toBe('');
  });
});

describe('zoneName', () => {
  it.each([
    ['Asia/Tokyo', 'JST'],
    ['UTC', 'UTC'],
    ['America/New_York', 'EST'],
  ])('names %s', (zone, want) => {
    expect(zoneName(zone, new Date(at))).toBe(want);
  });
});

describe('local times', () => {
  it('go there and back', () => {
    const read = parseLocal('2026-11-18T20:53', 'Asia/Tokyo');
    expect(read?.toISOString()).toBe('2026-11-18T11:53:00.000Z');
    expect(toLocal(read ?? new Date(0), 'Asia/Tokyo')).toBe('2026-11-18T20:53');
  });
  it('hold on the day of a change of clocks', () => {
    expect(parseLocal('2026-03-08T12:00', 'America/New_York')?.toISOString()).toBe('2026-03-08T16:00:00.000Z');
  });
  it('are refused when they are none', () => {
    expect(parseLocal('soon', 'UTC')).toBeUndefined();
  });
});

describe('span', () => {
  it.each([
    [59, 'second', 59, 0],
    [61, 'minute', 1, 0],
    [3725, 'hour', 1, 2],
    [172800, 'day', 2, 0],
    [-5, 'second', 0, 0],
  ] as const)('splits %d seconds', (seconds, unit, n, rest) => {
    expect(span(seconds)).toEqual({ unit, n, rest });
  });
});

describe('resolveTime', () => {
  const now = new Date('2026-11-18T12:00:00Z');
  it.each([
    ['now', '2026-11-18T12:00:00.000Z'],
    ['now-15m', '2026-11-18T11:45:00.000Z'],
    ['now-24h', '2026-11-17T12:00:00.000Z'],
    ['now-7d', '2026-11-11T12:00:00.000Z'],
    [at, '2026-11-18T11:53:12.123Z'],
  ])('reads %s', (text, want) => {
    expect(resolveTime(text, now)?.toISOString()).toBe(want);
  });
  it('refuses what it does not know', () => {
    expect(resolveTime('now-3w', now)).toBeUndefined();
  });
});
