import { describe, expect, it } from 'vitest';
import { blocks, runs } from './markdown';

describe('blocks', () => {
  it('reads what a report holds', () => {
    const text =
      '# 第1報\n\nline a\nline b\n\n- one\n  - two\n\n| 項目 | 値 |\n|---|---|\n| a \\| b | **c** |\n\n> note\n\n---\n```\nx | y\n```';
    expect(blocks(text)).toEqual([
      { kind: 'heading', level: 1, text: '第1報' },
      { kind: 'text', text: 'line a\nline b' },
      {
        kind: 'list',
        ordered: false,
        items: [
          { text: 'one', depth: 0 },
          { text: 'two', depth: 1 },
        ],
      },
      { kind: 'table', head: ['項目', '値'], rows: [['a | b', '**c**']] },
      { kind: 'quote', text: 'note' },
      { kind: 'rule' },
      { kind: 'code', text: 'x | y' },
    ]);
  });
  it('ends with a text that does not', () => {
    expect(blocks('```\nopen')).toEqual([{ kind: 'code', text: 'open' }]);
    expect(blocks('1. a\n2. b')).toEqual([
      {
        kind: 'list',
        ordered: true,
        items: [
          { text: 'a', depth: 0 },
          { text: 'b', depth: 0 },
        ],
      },
    ]);
  });
});

describe('runs', () => {
  it('tells strong, code and plain apart', () => {
    expect(runs('a **b** `c*` \\*d')).toEqual([
      { text: 'a ', mark: '' },
      { text: 'b', mark: 'strong' },
      { text: ' ', mark: '' },
      { text: 'c*', mark: 'code' },
      { text: ' *d', mark: '' },
    ]);
  });
  it('leaves HTML as text', () => {
    expect(runs('<b>x</b>')).toEqual([{ text: '<b>x</b>', mark: '' }]);
  });
});
