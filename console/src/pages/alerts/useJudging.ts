import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useJudge, useUnjudge } from '~/api/items';
import type { Item } from '~/api/nouns';
import type { VerdictName } from '~/lib/words';
import { useFailureText } from '~/parts/States';
import { tell, tellFailure } from '~/parts/tell';

/** Judging items one by one or many at once, and taking the last judgement back. */
export function useJudging() {
  const { t } = useTranslation();
  const say = useFailureText();
  const judge = useJudge();
  const unjudge = useUnjudge();
  const done = useRef<string[][]>([]);

  const undo = async (ids: readonly string[]) => {
    try {
      for (const id of ids) await unjudge.mutateAsync(id);
      tell(t('alerts.undone'));
    } catch (error) {
      tellFailure(say(error as Error));
    }
  };
  const give = async (items: readonly Item[], verdict: VerdictName, comment: string) => {
    const judged: string[] = [];
    try {
      for (const item of items) {
        await judge.mutateAsync({ id: item.id, verdict, alerts: item.alerts, comment: comment || undefined });
        judged.push(item.id);
      }
    } catch (error) {
      tellFailure(say(error as Error));
    }
    if (judged.length === 0) return;
    done.current.push(judged);
    const text = t('alerts.done', { count: judged.length, verdict: t(`verdict.${verdict}`) });
    tell(text, { label: t('alerts.undo'), deed: () => void undoLast() });
  };
  /** Takes back what was judged last on this page. */
  const undoLast = async (current?: Item) => {
    const last = done.current.pop() ?? (current?.judgement ? [current.id] : []);
    if (last.length > 0) await undo(last);
  };
  return { give, undoLast, busy: judge.isPending || unjudge.isPending };
}
