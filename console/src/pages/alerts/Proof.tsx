import { useTranslation } from 'react-i18next';
import { useEvent } from '~/api/events';
import type { Alert, Event } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { Answer } from '~/parts/States';
import { EventFields, EventMeta, EventRaw } from '~/parts/EventView';
import { ScopedLink } from '~/parts/ScopedLink';

/** The events that prove the alert, one key away: original bytes first, then what they say. */
export function Proof({ alert, events }: { alert: Alert; events: readonly Event[] }) {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const open = get('raw') !== '';
  return (
    <section className="item-part">
      <h3>
        <button type="button" className="plain" aria-expanded={open} onClick={() => set({ raw: open ? null : 1 })}>
          {t(open ? 'alerts.rawHide' : 'alerts.raw')} <span className="dim">{alert.events.length}</span>
        </button>
        <kbd aria-hidden>O</kbd>
        <span className="end faint mono small">{alert.dataset}</span>
      </h3>
      {open &&
        alert.events.map((id) => (
          <OneEvent key={id} id={id} known={events.find((event) => event.id === id)} alert={alert} />
        ))}
    </section>
  );
}

function OneEvent({ id, known, alert }: { id: string; known?: Event; alert: Alert }) {
  const read = useEvent(known ? '' : id);
  if (known) return <Shown event={known} alert={alert} />;
  return (
    <Answer query={read} rows={4}>
      {(event) => <Shown event={event} alert={alert} />}
    </Answer>
  );
}

const around = 5 * 60_000;

function Shown({ event, alert }: { event: Event; alert: Alert }) {
  const { t } = useTranslation();
  const at = Date.parse(event.time);
  const span = { from: new Date(at - around).toISOString(), to: new Date(at + around).toISOString() };
  return (
    <div className="proof">
      <EventRaw event={event} />
      <EventMeta event={event} />
      <EventFields values={Object.entries(event.fields)} matched={alert.matched} />
      <div className="row proof-links">
        <ScopedLink to="/search" params={{ ...span, q: `id:"${event.id}"`, event: event.id }} className="button">
          {t('alerts.searchEvents')}
        </ScopedLink>
        <ScopedLink to="/search" params={{ ...span, q: hostQuery(event) }} className="button">
          {t('event.around')}
        </ScopedLink>
      </div>
    </div>
  );
}

function hostQuery(event: Event): string {
  const host = event.ecs['host.name'];
  return typeof host === 'string' ? `host.name:"${host}"` : '';
}
