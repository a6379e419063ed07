import { fireEvent, render } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { KeyReader, useKeys, type Keys } from './keyboard';

function Bound({ keys, on = true }: { keys: Keys; on?: boolean }) {
  useKeys(keys, on);
  return <input aria-label="text" />;
}

describe('KeyReader', () => {
  const starts = new Set(['g']);
  it('joins two keys of a sequence', () => {
    const reader = new KeyReader();
    expect(reader.next('g', 0, starts)).toBe('g');
    expect(reader.next('a', 500, starts)).toBe('g a');
    expect(reader.next('a', 600, starts)).toBe('a');
  });
  it('forgets the first key after a while', () => {
    const reader = new KeyReader();
    reader.next('g', 0, starts);
    expect(reader.next('a', 5000, starts)).toBe('a');
  });
  it('reads letters without case and names as they are', () => {
    const reader = new KeyReader();
    expect(reader.next('F', 0, starts)).toBe('f');
    expect(reader.next('Enter', 0, starts)).toBe('Enter');
  });
});

describe('useKeys', () => {
  it('does the deed of a key', () => {
    const deed = vi.fn();
    render(<Bound keys={{ f: deed }} />);
    fireEvent.keyDown(document.body, { key: 'f' });
    expect(deed).toHaveBeenCalledOnce();
  });
  it('leaves keys alone while a text is written or a modifier is held', () => {
    const deed = vi.fn();
    const { getByLabelText } = render(<Bound keys={{ f: deed }} />);
    fireEvent.keyDown(getByLabelText('text'), { key: 'f' });
    fireEvent.keyDown(document.body, { key: 'f', ctrlKey: true });
    expect(deed).not.toHaveBeenCalled();
  });
  it('gives the second key of a sequence to the sequence alone', () => {
    const go = vi.fn();
    const page = vi.fn();
    render(
      <>
        <Bound keys={{ 'g i': go }} />
        <Bound keys={{ i: page }} />
      </>,
    );
    fireEvent.keyDown(document.body, { key: 'g' });
    fireEvent.keyDown(document.body, { key: 'i' });
    expect(go).toHaveBeenCalledOnce();
    expect(page).not.toHaveBeenCalled();
  });
  it('lets the later binding win and gives the key back when it goes', () => {
    const below = vi.fn();
    const above = vi.fn();
    const { rerender } = render(
      <>
        <Bound keys={{ x: below }} />
        <Bound keys={{ x: above }} />
      </>,
    );
    fireEvent.keyDown(document.body, { key: 'x' });
    rerender(
      <>
        <Bound keys={{ x: below }} />
        <Bound keys={{ x: above }} on={false} />
      </>,
    );
    fireEvent.keyDown(document.body, { key: 'x' });
    expect([above.mock.calls.length, below.mock.calls.length]).toEqual([1, 1]);
  });
});
