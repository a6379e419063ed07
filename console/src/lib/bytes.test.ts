import { expect, it } from 'vitest';
import { indexOfByte } from './bytes';

it.each([
  ['host:a b', 6, 6],
  ['件名:請求書 or', 14, 6],
  ['𠮷:x', 5, 3],
  ['abc', 99, 3],
  ['abc', 0, 0],
])('%s at byte %d', (text, byte, want) => {
  expect(indexOfByte(text, byte)).toBe(want);
});
