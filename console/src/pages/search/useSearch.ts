import { useMemo, useState } from 'react';
import type { Asked } from '~/api/events';
import { useAddress } from '~/lib/address';
import { condition, holds, narrow, widen } from '~/lib/query';
import { resolveTime } from '~/lib/time';
import { useScope } from '~/parts/viewer';

/** The range of a search that says none. */
export const usualFrom = 'now-24h';

/** The search as the address bar holds it: query, time range, columns, event; and the ways to change it. */
export function useSearch() {
  const { get, set } = useAddress();
  const { tenant, site } = useScope();
  // "now" stands still between two runs, so that pages of rows and the histogram tell of the same moment.
  const [now, setNow] = useState(() => new Date());
  const [q, from, to] = [get('q'), get('from') || usualFrom, get('to') || 'now'];
  const asked = useMemo((): Asked => {
    const end = resolveTime(to, now) ?? now;
    const start = resolveTime(from, now) ?? new Date(end.getTime() - 86_400_000);
    return { tenant, site, q: q || undefined, from: start.toISOString(), to: end.toISOString() };
  }, [tenant, site, q, from, to, now]);

  const run = (query: string) => {
    setNow(new Date());
    set({ q: query.trim(), event: null }, { push: true });
  };
  const range = (start: string, end: string) => {
    setNow(new Date());
    set({ from: start, to: end === 'now' ? null : end, event: null }, { push: true });
  };
  const toggle = (field: string, value: string, without: boolean) => {
    const plain = condition(field, value);
    const term = without ? `not ${plain}` : plain;
    run(holds(q, term) ? widen(q, term) : narrow(q, plain, without));
  };
  const columns = (get('columns') || 'host.name,user.name').split(',').filter((name) => name !== '-');
  const column = (name: string) => {
    const next = columns.includes(name) ? columns.filter((each) => each !== name) : [...columns, name];
    set({ columns: next.join(',') || '-' });
  };
  return {
    q,
    from,
    to,
    asked,
    run,
    range,
    toggle,
    columns,
    column,
    event: get('event'),
    open: (id: string) => set({ event: id }),
  };
}

export type Search = ReturnType<typeof useSearch>;
