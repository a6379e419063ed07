import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { MemoryRouter } from 'react-router';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '~/lib/i18n';
import { DataTable, type Column } from './DataTable';
import { lines, stepFrom } from './column';

type Thing = { id: string; name: string; n: number };
const things: Thing[] = [
  { id: 'a', name: 'alpha', n: 2 },
  { id: 'b', name: 'beta', n: 10 },
  { id: 'c', name: 'gamma', n: 1 },
];
const columns: Column<Thing>[] = [
  { id: 'name', header: 'Name', cell: (row) => row.name },
  { id: 'n', header: 'Number', cell: (row) => row.n, sort: (row) => row.n },
];

type Given = { rows?: readonly Thing[] | null; error?: Error | null; onOpen?: (id?: string) => void };

function Page({ rows = things, error = null, onOpen = vi.fn() }: Given) {
  const [selected, select] = useState('');
  const [marked, mark] = useState<ReadonlySet<string>>(new Set());
  return (
    <MemoryRouter>
      <DataTable
        label="Things"
        rows={rows ?? undefined}
        columns={columns}
        keyOf={(row) => row.id}
        error={error}
        retry={() => onOpen()}
        empty={<p>nothing yet</p>}
        selected={selected}
        onSelect={select}
        onOpen={(row) => onOpen(row.id)}
        marked={marked}
        onMark={mark}
      />
    </MemoryRouter>
  );
}

const press = (key: string) => fireEvent.keyDown(document.body, { key });
const current = () => screen.getAllByRole('row').find((row) => row.getAttribute('aria-selected') === 'true');
const names = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent);

beforeAll(async () => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 600 });
  await startLanguage();
});

describe('DataTable', () => {
  it('moves with j and k and opens with enter', () => {
    const onOpen = vi.fn();
    render(<Page onOpen={onOpen} />);
    press('j');
    press('j');
    press('j');
    press('k');
    expect(current()?.textContent).toContain('beta');
    press('Enter');
    expect(onOpen).toHaveBeenCalledWith('b');
  });
  it('marks the row under the cursor with x', () => {
    render(<Page />);
    press('j');
    press('x');
    const boxes = screen.getAllByRole<HTMLInputElement>('checkbox');
    expect(boxes.map((box) => box.checked)).toEqual([false, true, false, false]);
  });
  it('sorts down, up and not at all', () => {
    render(<Page />);
    const head = screen.getByRole('button', { name: /Number/ });
    fireEvent.click(head);
    expect(names()).toEqual(['beta10', 'alpha2', 'gamma1']);
    fireEvent.click(head);
    expect(names()).toEqual(['gamma1', 'alpha2', 'beta10']);
    fireEvent.click(head);
    expect(names()).toEqual(['alpha2', 'beta10', 'gamma1']);
  });
  it('says that it loads, that it failed, and that nothing is there', () => {
    const { rerender } = render(<Page rows={null} />);
    screen.getByRole('status');
    const retry = vi.fn();
    rerender(<Page rows={null} error={new Error('x')} onOpen={retry} />);
    fireEvent.click(screen.getByRole('button'));
    expect(retry).toHaveBeenCalledOnce();
    rerender(<Page rows={[]} />);
    screen.getByText('nothing yet');
  });
});

describe('lines', () => {
  it('put a head before each group and count its rows', () => {
    const all = lines(
      things,
      (row) => row.id,
      (row) => ({ id: row.n > 1 ? 'many' : 'one', label: '' }),
    );
    expect(all.map((line) => ('row' in line ? line.key : `${line.group.id}:${line.count}`))).toEqual([
      'many:2',
      'a',
      'b',
      'one:1',
      'c',
    ]);
  });
  it('are stepped through without falling off', () => {
    const all = lines(things, (row) => row.id);
    expect([stepFrom(all, '', 1), stepFrom(all, 'c', 1), stepFrom(all, 'a', -1), stepFrom([], '', 1)]).toEqual([
      'a',
      'c',
      'a',
      '',
    ]);
  });
});
