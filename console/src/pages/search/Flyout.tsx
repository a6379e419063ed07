import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvent } from '~/api/events';
import type { Event } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { Entity } from '~/parts/Entity';
import { EventFields, EventMeta, EventRaw } from '~/parts/EventView';
import { Answer } from '~/parts/States';
import { Time } from '~/parts/Time';
import type { Search } from './useSearch';

const around = 5 * 60_000;

/** One event in full: all fields, the original bytes, and where to go on from it. */
export function Flyout({ search, known }: { search: Search; known?: Event }) {
  const { t } = useTranslation();
  const read = useEvent(known ? '' : search.event);
  return (
    <section className="panel search-flyout" aria-label={t('search.detail')}>
      {known ? (
        <Shown event={known} search={search} />
      ) : (
        <Answer query={read}>{(event) => <Shown event={event} search={search} />}</Answer>
      )}
    </section>
  );
}

function Shown({ event, search }: { event: Event; search: Search }) {
  const { t } = useTranslation();
  const { set } = useAddress();
  const [raw, setRaw] = useState(false);
  const at = Date.parse(event.time);
  const host = event.ecs['host.name'];
  const nearby = () =>
    set(
      {
        q: typeof host === 'string' ? `host.name:"${host}"` : '',
        from: new Date(at - around).toISOString(),
        to: new Date(at + around).toISOString(),
      },
      { push: true },
    );
  return (
    <>
      <div className="panel-head">
        <h2 className="cut">{event.dataset}</h2>
        <Time at={event.time} tenant={event.tenant} />
        <button type="button" className="button end" onClick={nearby}>
          {t('event.around')}
        </button>
        <button type="button" className="button" onClick={() => search.open('')}>
          {t('common.close')} <kbd>Esc</kbd>
        </button>
      </div>
      <div className="tabs search-tabs" role="tablist" aria-label={t('search.detail')}>
        <button type="button" role="tab" aria-selected={!raw} onClick={() => setRaw(false)}>
          {t('event.fields')}
          <em>{Object.keys(event.ecs).length + Object.keys(event.fields).length}</em>
        </button>
        <button type="button" role="tab" aria-selected={raw} onClick={() => setRaw(true)}>
          {t('event.raw')}
        </button>
      </div>
      <div className="scroll" tabIndex={0} aria-label={t('search.detail')}>
        {raw ? <EventRaw event={event} /> : <Fields event={event} search={search} />}
      </div>
    </>
  );
}

function Fields({ event, search }: { event: Event; search: Search }) {
  const { t } = useTranslation();
  const deeds = { narrow: search.toggle, column: search.column };
  return (
    <>
      {event.rules.length > 0 && (
        <>
          <h3 className="field-group">{t('event.rules')}</h3>
          <div className="entities field-rules">
            {event.rules.map((rule) => (
              <Entity key={rule} kind="rule" value={rule} field="rule.id" />
            ))}
          </div>
        </>
      )}
      <h3 className="field-group">{t('event.meta')}</h3>
      <EventMeta event={event} />
      <h3 className="field-group">{t('alerts.who')}</h3>
      <div className="entities field-rules">
        {event.entities.map((entity) => (
          <Entity key={`${entity.kind} ${entity.value} ${entity.role ?? ''}`} kind={entity.kind} value={entity.value} />
        ))}
      </div>
      <h3 className="field-group">{t('event.ecs')}</h3>
      <EventFields values={Object.entries(event.ecs).sort(([a], [b]) => a.localeCompare(b))} deeds={deeds} />
      <h3 className="field-group">{t('event.own')}</h3>
      <EventFields values={Object.entries(event.fields)} deeds={deeds} />
    </>
  );
}
