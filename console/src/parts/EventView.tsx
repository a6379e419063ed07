import { useTranslation } from 'react-i18next';
import type { Event, Matched } from '~/api/nouns';
import { fieldText } from '~/lib/event';
import { CopyButton } from './CopyButton';
import { Entity } from './Entity';
import { Highlight } from './Highlight';
import { Time } from './Time';
import { useSiteName, useTenant } from './viewer';
import './event.css';

const origins = ['record', 'source_zone', 'received', 'year_filled', 'neighbour'] as const;

/** What may be done with a field of the event at hand; search gives filters and columns, other pages none. */
export type FieldDeeds = {
  narrow: (field: string, value: string, without: boolean) => void;
  column: (field: string) => void;
};

/** Where an event comes from, and when. */
export function EventMeta({ event }: { event: Event }) {
  const { t } = useTranslation();
  const site = useSiteName();
  const tenant = useTenant();
  const origin = origins.find((each) => each === event.time_from);
  return (
    <dl className="event-fields">
      <Pair name={t('event.time')}>
        <Time at={event.time} style="full" tenant={event.tenant} />
      </Pair>
      {origin && <Pair name={t('event.timeFrom')}>{t(`event.timeOrigin.${origin}`)}</Pair>}
      <Pair name={t('event.received')}>
        <Time at={event.received} style="full" tenant={event.tenant} />
      </Pair>
      <Pair name={t('event.dataset')}>
        <Entity kind="dataset" value={event.dataset} field="dataset" />
      </Pair>
      <Pair name={t('event.source')}>
        <Entity kind="source" value={event.source} field="source" />
      </Pair>
      <Pair name={t('event.tenant')}>{tenant(event.tenant)?.name ?? event.tenant}</Pair>
      {event.site && <Pair name={t('event.site')}>{site(event.tenant, event.site)}</Pair>}
      <Pair name={t('event.size')}>{t('event.bytes', { n: event.size })}</Pair>
      {event.problem && (
        <Pair name={t('event.problem')}>
          <span className="warn wrap">{event.problem}</span>
        </Pair>
      )}
    </dl>
  );
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type FieldsProps = {
  values: readonly (readonly [string, unknown])[];
  matched?: readonly Matched[];
  deeds?: FieldDeeds;
};

/** Fields with their values; what a rule matched is marked. */
export function EventFields({ values, matched = [], deeds }: FieldsProps) {
  return (
    <dl className="event-fields event-own">
      {values.map(([name, value]) => (
        <div key={name}>
          <dt title={name}>{name}</dt>
          <dd>
            <FieldValue name={name} text={fieldText(value)} matched={matched} />
            {deeds && <FieldButtons name={name} text={fieldText(value)} deeds={deeds} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FieldValue({ name, text, matched }: { name: string; text: string; matched: readonly Matched[] }) {
  const hit = matched.find((each) => each.field === name && each.value === text);
  if (hit) {
    return (
      <span className="mono wrap">
        <Highlight value={text} patterns={[hit.pattern]} />
      </span>
    );
  }
  return <span className="mono wrap">{text}</span>;
}

function FieldButtons({ name, text, deeds }: { name: string; text: string; deeds: FieldDeeds }) {
  const { t } = useTranslation();
  return (
    <span className="event-deeds">
      <button type="button" title={t('event.with', { field: name })} onClick={() => deeds.narrow(name, text, false)}>
        =
      </button>
      <button type="button" title={t('event.without', { field: name })} onClick={() => deeds.narrow(name, text, true)}>
        ≠
      </button>
      <button type="button" title={t('event.column', { field: name })} onClick={() => deeds.column(name)}>
        ‖
      </button>
    </span>
  );
}

/** The original bytes, as they were sent. */
export function EventRaw({ event }: { event: Event }) {
  const { t } = useTranslation();
  const text = event.raw_base64 ?? event.raw;
  const kept = event.raw_base64 ? Math.floor((event.raw_base64.length * 3) / 4) : new TextEncoder().encode(text).length;
  return (
    <div className="event-raw">
      <div className="row small faint">
        {event.raw_base64 && <span>{t('event.binary')}</span>}
        {event.size > kept + 2 && <span>{t('event.truncated', { size: event.size })}</span>}
        <span className="end">
          <CopyButton text={text} />
        </span>
      </div>
      <pre tabIndex={0} aria-label={t('event.raw')}>
        {text}
      </pre>
    </div>
  );
}
