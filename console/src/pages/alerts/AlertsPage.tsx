import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useLive } from '~/api/live';
import { useAddress } from '~/lib/address';
import { useKeys } from '~/lib/keyboard';
import { verdicts, type VerdictName } from '~/lib/words';
import { PageTitle } from '~/parts/PageTitle';
import { useScope } from '~/parts/viewer';
import { Detail } from './Detail';
import { Filters } from './Filters';
import { JudgementBar } from './JudgementBar';
import { Queue } from './Queue';
import { StateTabs } from './StateTabs';
import { useJudging } from './useJudging';
import { useQueue } from './useQueue';
import './alerts.css';

const nobody: ReadonlySet<string> = new Set();

/** The queue and the item under the cursor, with the judgement one key away. */
export function AlertsPage() {
  const { t } = useTranslation();
  const { get, set, to } = useAddress();
  const navigate = useNavigate();
  const scope = useScope();
  const queue = useQueue();
  const judging = useJudging();
  const [marked, setMarked] = useState(nobody);
  const [arrived, setArrived] = useState(0);
  const [comment, setComment] = useState('');
  const order = useRef<readonly string[]>([]);
  const find = useRef<HTMLInputElement>(null);
  const note = useRef<HTMLInputElement>(null);
  useLive(scope.tenant, (kind, came) => kind === 'items' && setArrived((before) => before + came.new));

  const items = queue.items ?? [];
  const selected = get('item') || (items[0]?.id ?? '');
  const current = items.find((item) => item.id === selected);
  const chosen = marked.size > 0 ? items.filter((item) => marked.has(item.id)) : current ? [current] : [];

  const judge = async (verdict: VerdictName) => {
    if (chosen.length === 0 || judging.busy) return;
    const next = order.current[order.current.indexOf(selected) + 1];
    // The row stays where it is and shows its verdict; only the cursor goes on.
    if (marked.size === 0 && next) set({ item: next });
    setMarked(nobody);
    setComment('');
    await judging.give(chosen, verdict, comment);
  };
  const show = async () => {
    setArrived(0);
    setMarked(nobody);
    await queue.query.refetch();
  };
  const openIncident = () => {
    if (current?.incident) void navigate(to(`/incidents/${current.incident}`));
  };
  useKeys({
    ...Object.fromEntries(verdicts.map(({ verdict, key }) => [key, () => void judge(verdict)])),
    u: () => void judging.undoLast(current),
    r: () => void show(),
    o: () => set({ raw: get('raw') ? null : 1 }),
    i: openIncident,
    c: () => note.current?.focus(),
    '/': () => find.current?.focus(),
    Escape: () => setMarked(nobody),
  });

  return (
    <div className="page alerts">
      <PageTitle title={t('alerts.title')} />
      <header className="page-head alerts-head">
        <h1>{t('alerts.title')}</h1>
        <StateTabs counts={queue.counts} />
      </header>
      <section className="panel" aria-label={t('alerts.list')}>
        <Filters find={find} total={queue.total} />
        <Queue
          queue={queue}
          selected={selected}
          onSelect={(item) => set({ item, alert: null })}
          marked={marked}
          onMark={setMarked}
          onOrder={(keys) => {
            order.current = keys;
          }}
        />
        {arrived > 0 && (
          <div className="queue-new" role="status">
            <b className="medium">{t('live.arrived', { n: arrived })}</b>
            <button type="button" className="plain end" onClick={() => void show()}>
              {t('live.show')} <kbd>R</kbd>
            </button>
          </div>
        )}
      </section>
      <section className="panel" aria-label={t('alerts.judge')}>
        <Detail id={selected} />
        {chosen.length > 0 && (
          <JudgementBar
            note={note}
            comment={comment}
            onComment={setComment}
            current={marked.size > 0 ? undefined : current}
            chosen={marked.size}
            onClear={() => setMarked(nobody)}
            onJudge={(verdict) => void judge(verdict)}
            onUndo={() => void judging.undoLast(current)}
          />
        )}
      </section>
    </div>
  );
}
