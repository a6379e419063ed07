import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** Parameters that hold on every page. */
const lasting = ['tenant', 'site'];

/** Values for the address bar; null, undefined and "" take a parameter out. */
export type Address = Record<string, string | number | null | undefined>;

/** Returns a copy of the parameters with the changes made. */
export function changed(current: URLSearchParams, changes: Address): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}

/** Builds the address of a page, keeping tenant and site unless the changes name them. */
export function addressOf(path: string, current: URLSearchParams, params: Address = {}): string {
  const kept = new URLSearchParams();
  for (const name of lasting) {
    const value = current.get(name);
    if (value) kept.set(name, value);
  }
  const query = changed(kept, params).toString();
  return query ? `${path}?${query}` : path;
}

/** The state of a page as the address bar holds it: read a value, or change some. Changes replace the entry unless push is asked for. */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const get = useCallback((name: string) => params.get(name) ?? '', [params]);
  const set = useCallback(
    (changes: Address, options: { push?: boolean } = {}) => {
      setParams((current) => changed(current, changes), {
        replace: !options.push,
        // At once, so that the next key finds what this one did.
        flushSync: true,
      });
    },
    [setParams],
  );
  const to = useCallback((path: string, next?: Address) => addressOf(path, params, next), [params]);
  return useMemo(() => ({ get, set, to, params }), [get, set, to, params]);
}
