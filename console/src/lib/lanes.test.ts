import { describe, expect, it } from 'vitest';
import { place, rowsOf, scale, textWidth, ticks, type Placed } from './lanes';

const mark = (id: string, from: number, to = from, label = 'label') => ({ id, from, to, label, note: '' });
const x = scale(0, 1000, 100, 900);

function span(placed: Placed): [number, number] {
  const width = textWidth(placed.label);
  if (placed.side === 'right') return [placed.x - 8, Math.max(placed.end, placed.x + 8 + 6 + width)];
  if (placed.side === 'left') return [placed.x - 14 - width, Math.max(placed.end, placed.x + 8)];
  return [placed.x - 8, placed.end];
}

describe('place', () => {
  it('puts a lone mark in the first row with its label at the right', () => {
    const [placed] = place([mark('a', 500)], x, 100, 900, 3);
    expect(placed).toMatchObject({ x: 500, row: 0, side: 'right' });
  });
  it('turns the label to the left at the right edge', () => {
    const [placed] = place([mark('a', 990)], x, 100, 900, 3);
    expect(placed?.side).toBe('left');
  });
  it('lets no label cover another in its row', () => {
    const marks = Array.from({ length: 12 }, (_, i) => mark(`m${i}`, i * 30, i * 30 + 10, 'マクロの実行'));
    const placed = place(marks, x, 100, 900, 5).filter((each) => each.side !== 'none');
    for (const a of placed) {
      for (const b of placed) {
        if (a.id >= b.id || a.row !== b.row) continue;
        const [left, right] = [span(a), span(b)].sort((p, q) => p[0] - q[0]);
        expect(left?.[1]).toBeLessThanOrEqual(right?.[0] ?? 0);
      }
    }
  });
  it('keeps every mark even when there is no room', () => {
    const marks = Array.from({ length: 30 }, (_, i) => mark(`m${i}`, 500));
    const placed = place(marks, x, 100, 900, 3);
    expect(placed).toHaveLength(30);
    expect(rowsOf(placed)).toBe(3);
  });
});

describe('textWidth', () => {
  it('counts wide characters as wide', () => {
    expect(textWidth('侵入')).toBe(22);
    expect(textWidth('ab')).toBeLessThan(14);
  });
});

describe('ticks', () => {
  const hour = 3_600_000;
  it('are round in the zone', () => {
    const from = Date.parse('2026-11-18T08:20:00Z');
    const all = ticks(from, from + 4 * hour, 5, 9 * hour);
    expect(all.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(['09:00', '10:00', '11:00', '12:00']);
  });
  it('are not more than asked for', () => {
    expect(ticks(0, 90 * 24 * hour, 8, 0).length).toBeLessThanOrEqual(9);
  });
});
