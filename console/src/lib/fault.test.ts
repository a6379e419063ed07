import { expect, it } from 'vitest';
import { faultKey } from './fault';
import { ja } from './i18n/ja';

it('knows the phrases of the query language and leaves others alone', () => {
  expect(faultKey('a value')).toBe('value');
  expect(faultKey('an IPv4 address')).toBeUndefined();
  expect(faultKey('toString')).toBeUndefined();
});

it('has words for every phrase', () => {
  expect(Object.keys(ja.search.fault).sort()).toEqual(
    [
      'blank',
      'end',
      'field',
      'list',
      'operator',
      'paren',
      'plainField',
      'quote',
      'space',
      'term',
      'value',
      'word',
    ].sort(),
  );
});
