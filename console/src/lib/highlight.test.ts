import { describe, expect, it } from 'vitest';
import { allPieces, pieces } from './highlight';

const marked = (value: string, pattern?: string) =>
  pieces(value, pattern)
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('');

it.each([
  ['C:\\Windows\\powershell.exe', '*\\powershell.exe', 'C:\\Windows[\\powershell.exe]'],
  ['powershell -Enc AAAA', '* -enc *', 'powershell[ -Enc ]AAAA'],
  ['a-b-c', 'a*c', '[a]-b-[c]'],
  ['4624', '4624', '[4624]'],
  ['4624', undefined, '[4624]'],
  ['svc.exe', 'DROP.*', '[svc.exe]'],
  ['anything', '*', '[anything]'],
  ['C:\\a.exe\\b.exe', 'endswith: .exe', 'C:\\a.exe\\b[.exe]'],
  ['net  group "x"', 'contains|all: group', 'net  [group] "x"'],
  ['7z a -r x', 'contains:  a ', '7z[ a ]-r x'],
  ['10.1.2.3', 'cidr: 10.0.0.0/8', '[10.1.2.3]'],
  ['abc', 're: a.*', '[abc]'],
])('%s by %s', (value, pattern, want) => {
  expect(marked(value, pattern)).toBe(want);
});

describe('allPieces', () => {
  const both = (value: string, ...patterns: string[]) =>
    allPieces(value, patterns)
      .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
      .join('');
  it('marks what any pattern names', () => {
    expect(both('net group x /dom', 'contains|all: group', 'contains|all: /dom')).toBe('net [group] x [/dom]');
    expect(both('abcdef', 'contains: bcd', 'contains: cde')).toBe('a[bcde]f');
  });
  it('lets a literal part win over a whole value', () => {
    expect(both('ps -enc AA', 're: x+', 'contains: -enc')).toBe('ps [-enc] AA');
    expect(both('ps', 're: x+')).toBe('[ps]');
    expect(both('', 're: x+')).toBe('');
  });
});
