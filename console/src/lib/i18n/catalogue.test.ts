import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { ja } from './ja';

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) out.set(inner, text);
  }
  return out;
}

const stem = (key: string) => key.replace(/_(one|other)$/, '');
const stems = (tree: Tree) => [...new Set([...flat(tree).keys()].map(stem))].sort();
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'i18n' ? '' : sources(path);
      return /\.tsx?$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

describe('the catalogues', () => {
  it('hold the same keys', () => {
    expect(stems(en)).toEqual(stems(ja));
  });
  it('have a singular and a plural in English', () => {
    for (const key of flat(en).keys()) {
      if (key.endsWith('_other')) expect(flat(en).has(`${stem(key)}_one`), key).toBe(true);
    }
  });
  it('leave the same places for values', () => {
    const english = flat(en);
    for (const [key, text] of flat(ja)) expect(holes(english.get(key) ?? ''), key).toEqual(holes(text));
  });
  it('hold no empty text', () => {
    for (const [key, text] of [...flat(ja), ...flat(en)]) expect(text.trim(), key).not.toBe('');
  });
  it('hold no key that nothing uses', () => {
    const code = sources('src');
    const prefixes = [...code.matchAll(/`([\w.]+)\$\{/g)].map((match) => match[1] ?? '');
    const unused = stems(ja).filter(
      (key) => !code.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});
