import { Menu } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime, parseLocal, resolveTime, toLocal, zoneName } from '~/lib/time';
import { Dialog } from '~/parts/Dialog';
import { useZone } from '~/parts/viewer';

const presets = [
  { id: 'm15', from: 'now-15m' },
  { id: 'h1', from: 'now-1h' },
  { id: 'h24', from: 'now-24h' },
  { id: 'd7', from: 'now-7d' },
  { id: 'd30', from: 'now-30d' },
  { id: 'd365', from: 'now-365d' },
] as const;

type Props = { from: string; to: string; onChange: (from: string, to: string) => void };

/** The time range: the last so many hours, or two instants in the tenant's zone. */
export function RangePicker({ from, to, onChange }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const [custom, setCustom] = useState(false);
  const preset = to === 'now' ? presets.find((each) => each.from === from) : undefined;
  const end = (text: string) => (text.startsWith('now') ? text : formatTime(text, zone, 'minute'));
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className="button search-range" aria-label={t('search.range')}>
            {preset ? (
              t(`search.last.${preset.id}`)
            ) : (
              <>
                <span className="mono">{end(from)}</span>
                <span className="faint">{t('common.from')}</span>
                <span className="mono">{end(to)}</span>
              </>
            )}
            <span className="caret" aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown aria-label={t('search.range')}>
          {presets.map((each) => (
            <Menu.Item key={each.id} onClick={() => onChange(each.from, 'now')}>
              {t(`search.last.${each.id}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setCustom(true)}>{t('search.custom')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {custom && <CustomRange from={from} to={to} zone={zone} onChange={onChange} onClose={() => setCustom(false)} />}
    </>
  );
}

function CustomRange({ from, to, zone, onChange, onClose }: Props & { zone: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [now] = useState(() => new Date());
  const [start, setStart] = useState(() => toLocal(resolveTime(from, now) ?? now, zone));
  const [finish, setFinish] = useState(() => toLocal(resolveTime(to, now) ?? now, zone));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const [a, b] = [parseLocal(start, zone), parseLocal(finish, zone)];
    if (!a || !b || a >= b) return;
    onChange(a.toISOString(), b.toISOString());
    onClose();
  };
  return (
    <Dialog title={`${t('search.custom')} (${zoneName(zone, now)})`} opened onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label>
          {t('search.start')}
          <input
            className="field"
            type="datetime-local"
            required
            value={start}
            max={finish}
            onChange={(event) => setStart(event.target.value)}
          />
        </label>
        <label>
          {t('search.finish')}
          <input
            className="field"
            type="datetime-local"
            required
            value={finish}
            min={start}
            onChange={(event) => setFinish(event.target.value)}
          />
        </label>
        <button type="submit" className="button primary">
          {t('search.apply')}
        </button>
      </form>
    </Dialog>
  );
}
