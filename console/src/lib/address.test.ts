import { describe, expect, it } from 'vitest';
import { addressOf, changed } from './address';

describe('changed', () => {
  it('sets, replaces and takes out', () => {
    const next = changed(new URLSearchParams('a=1&b=2&c=3'), { a: 5, b: null, c: '', d: 'x y' });
    expect(next.toString()).toBe('a=5&d=x+y');
  });
  it('leaves the current parameters alone', () => {
    const current = new URLSearchParams('a=1');
    changed(current, { a: 2 });
    expect(current.get('a')).toBe('1');
  });
});

describe('addressOf', () => {
  const here = new URLSearchParams('tenant=seiran&site=osaka&item=i1');
  it('keeps tenant and site and nothing else', () => {
    expect(addressOf('/search', here, { q: 'host.name:a' })).toBe('/search?tenant=seiran&site=osaka&q=host.name%3Aa');
  });
  it('lets the changes win', () => {
    expect(addressOf('/alerts', here, { site: null })).toBe('/alerts?tenant=seiran');
  });
  it('writes a bare path without parameters', () => {
    expect(addressOf('/rules', new URLSearchParams())).toBe('/rules');
  });
});
