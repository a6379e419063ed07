import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';

/** What the server tells of, and how much came since its last word. */
export type Kind = 'items' | 'incidents' | 'rules';
export type Arrived = { new: number; changed: number };
type Listener = (kind: Kind, arrived: Arrived) => void;

const kinds = ['items', 'incidents', 'rules'] as const;
const open = new Map<string, { stream: EventSource; listeners: Set<Listener> }>();

// A browser opens few connections to one server, so that all listeners of one scope share one stream.
function subscribe(tenant: string, listener: Listener): () => void {
  let shared = open.get(tenant);
  if (!shared) {
    const query = tenant ? `?tenant=${encodeURIComponent(tenant)}` : '';
    const listeners = new Set<Listener>();
    const stream = new EventSource(`/api/v1/live${query}`);
    for (const kind of kinds) {
      stream.addEventListener(kind, (event: MessageEvent<string>) => {
        const arrived = read(event.data);
        listeners.forEach((each) => each(kind, arrived));
      });
    }
    shared = { stream, listeners };
    open.set(tenant, shared);
  }
  const { stream, listeners } = shared;
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stream.close();
    open.delete(tenant);
  };
}

function read(data: string): Arrived {
  const said = JSON.parse(data) as Partial<Arrived>;
  return { new: said.new ?? 0, changed: said.changed ?? 0 };
}

/** Listens to what the server tells of the queue, of incidents and of rules while the component is on the page. */
export function useLive(tenant: string | undefined, on: Listener) {
  const tell = useEffectEvent(on);
  useEffect(() => subscribe(tenant ?? '', (kind, arrived) => tell(kind, arrived)), [tenant]);
}

const keys = { items: ['items', 'counts'], incidents: ['incidents'], rules: ['rules'] };

/** Keeps counts, incidents and rules fresh; the queue itself waits to be asked. */
export function useLiveCounts(tenant: string | undefined) {
  const queries = useQueryClient();
  useLive(tenant, (kind) => {
    void queries.invalidateQueries({ queryKey: keys[kind] });
  });
}
