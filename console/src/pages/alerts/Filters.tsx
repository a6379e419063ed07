import { useEffect, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useIncident } from '~/api/incidents';
import { useRule } from '~/api/rules';
import { useAddress } from '~/lib/address';
import { levels, useTitle } from '~/lib/words';
import { Chip } from '~/parts/Chip';
import { Time } from '~/parts/Time';

/** What the queue is narrowed by: severity, subject, and chips for what a link brought. */
export function Filters({ find, total }: { find: RefObject<HTMLInputElement | null>; total: number }) {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const clear = (name: string) => set({ [name]: null }, { push: true });
  return (
    <div className="queue-filters">
      <select
        className="field"
        aria-label={t('alerts.level')}
        value={get('level')}
        onChange={(event) => set({ level: event.target.value }, { push: true })}
      >
        <option value="">{t('alerts.levelAny')}</option>
        {levels.slice(0, -1).map((level) => (
          <option key={level} value={level}>
            {level === 'critical' ? t('level.critical') : t('alerts.levelFrom', { level: t(`level.${level}`) })}
          </option>
        ))}
      </select>
      <SubjectFind find={find} />
      {get('rule') && <RuleChip id={get('rule')} onClear={() => clear('rule')} />}
      {get('incident') && <IncidentChip id={get('incident')} onClear={() => clear('incident')} />}
      {get('from') && (
        <Chip name={t('alerts.period')} onClear={() => set({ from: null, to: null }, { push: true })}>
          <Time at={get('from')} style="minute" />–{get('to') && <Time at={get('to')} style="minute" />}
        </Chip>
      )}
      <span className="end faint small">{t('common.count', { count: total })}</span>
    </div>
  );
}

function SubjectFind({ find }: { find: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const said = get('subject');
  const [text, setText] = useState(said);
  const shown = useRef(said);
  useEffect(() => {
    if (shown.current === said) return;
    shown.current = said;
    setText(said);
  }, [said]);
  return (
    <form
      className="queue-find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        set({ subject: text.trim(), item: null }, { push: true });
        find.current?.blur();
      }}
    >
      <input
        ref={find}
        className="field mono"
        value={text}
        aria-label={t('alerts.subjectFind')}
        placeholder={t('alerts.subjectFind')}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      {said ? (
        <button
          type="button"
          className="queue-find-clear"
          aria-label={t('common.remove', { name: t('alerts.subject') })}
          onClick={() => set({ subject: null }, { push: true })}
        >
          ×
        </button>
      ) : (
        <kbd aria-hidden>/</kbd>
      )}
    </form>
  );
}

function RuleChip({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation();
  const title = useTitle();
  const rule = useRule(id);
  return (
    <Chip name={t('alerts.rule')} onClear={onClear}>
      {rule.data ? title(rule.data) : id}
    </Chip>
  );
}

function IncidentChip({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation();
  const incident = useIncident(id);
  return (
    <Chip name={t('alerts.incident')} onClear={onClear}>
      <span className="mono">{incident.data?.label ?? id}</span>
    </Chip>
  );
}
