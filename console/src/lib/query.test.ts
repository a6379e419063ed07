import { describe, expect, it } from 'vitest';
import { condition, conditions, entityQuery, guess, holds, narrow, quote, widen } from './query';

describe('quote', () => {
  it.each([
    ['TYO-PC-0217', 'TYO-PC-0217'],
    ['198.51.100.77', '198.51.100.77'],
    ['a b', '"a b"'],
    ['C:\\Windows\\x.exe', '"C:\\\\Windows\\\\x.exe"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['and', '"and"'],
    ['*', '"*"'],
    ['fe80::1', '"fe80::1"'],
    ['請求書', '請求書'],
    ['', '""'],
  ])('writes %s', (value, want) => {
    expect(quote(value)).toBe(want);
  });
});

describe('narrow', () => {
  it.each([
    ['', 'a:1', false, 'a:1'],
    ['a:1', 'b:2', false, 'a:1 and b:2'],
    ['a:1 or b:2', 'c:3', false, '(a:1 or b:2) and c:3'],
    ['(a:1 or b:2)', 'c:3', true, '(a:1 or b:2) and not c:3'],
    ['a:"x or y"', 'c:3', false, 'a:"x or y" and c:3'],
    ['a:1 and b:2', 'b:2', false, 'a:1 and b:2'],
  ] as const)('%s with %s', (query, added, without, want) => {
    expect(narrow(query, added, without)).toBe(want);
  });
});

describe('conditions', () => {
  it('are told apart outside quotes and parentheses', () => {
    const query = 'a:"x and y" and (b:1 and c:2) AND not d:3';
    expect(conditions(query)).toEqual(['a:"x and y"', '(b:1 and c:2)', 'not d:3']);
    expect(widen(query, 'not d:3')).toBe('a:"x and y" and (b:1 and c:2)');
    expect(holds(query, 'not d:3')).toBe(true);
    expect(holds('a:1 or b:2', 'a:1')).toBe(false);
  });
});

describe('entities', () => {
  it('are searched as entities', () => {
    expect(entityQuery('tyo-pc-0217')).toBe('entity:tyo-pc-0217');
    expect(condition('file.path', 'C:\\a')).toBe('file.path:"C:\\\\a"');
  });
  it.each([
    ['INC-2026-0001', 'incident'],
    ['192.0.2.1', 'ip'],
    ['192.0.2.0/24', 'ip'],
    ['2001:db8::1', 'ip'],
    ['TYO-PC-0217', 'word'],
    ['12:30', 'word'],
  ] as const)('%s is guessed as %s', (text, want) => {
    expect(guess(text)).toBe(want);
  });
});
