import { useSyncExternalStore } from 'react';
import { useSpan } from '~/lib/words';

const minute = 60_000;
const subscribe = (changed: () => void) => {
  const timer = setInterval(changed, minute / 2);
  return () => clearInterval(timer);
};
const minuteNow = () => Math.floor(Date.now() / minute) * minute;

/** How long ago an instant was, to the minute. */
export function Age({ since }: { since: string }) {
  const write = useSpan();
  const now = useSyncExternalStore(subscribe, minuteNow);
  return <>{write(Math.max(0, now - new Date(since).getTime()) / 1000)}</>;
}
