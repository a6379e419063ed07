import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void) => {
  window.addEventListener('resize', changed);
  return () => window.removeEventListener('resize', changed);
};

/** The width of the window in pixels. */
export function useWidth(): number {
  return useSyncExternalStore(subscribe, () => window.innerWidth);
}
