import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Item } from '~/api/nouns';
import { verdicts, type VerdictName } from '~/lib/words';
import { Verdict } from '~/parts/Verdict';

type Props = {
  note: RefObject<HTMLInputElement | null>;
  comment: string;
  onComment: (comment: string) => void;
  /** The item under the cursor; undefined when many were chosen. */
  current?: Item;
  /** How many were chosen; 0 for only the one under the cursor. */
  chosen: number;
  onClear: () => void;
  onJudge: (verdict: VerdictName) => void;
  onUndo: () => void;
};

/** The eight verdicts, each one key. */
export function JudgementBar(props: Props) {
  const { t } = useTranslation();
  const { note, comment, onComment, current, chosen, onClear, onJudge, onUndo } = props;
  return (
    <div className="judgement" role="group" aria-label={t('alerts.judge')}>
      <div className="judgement-note">
        <input
          ref={note}
          className="field grow"
          value={comment}
          aria-label={t('alerts.comment')}
          placeholder={t('alerts.comment')}
          onChange={(event) => onComment(event.target.value)}
          onKeyDown={(event) => ['Escape', 'Enter'].includes(event.key) && event.currentTarget.blur()}
        />
        <kbd aria-hidden>C</kbd>
        {chosen > 0 && (
          <>
            <b className="medium">{t('alerts.selected', { n: chosen })}</b>
            <button type="button" className="button" onClick={onClear}>
              {t('alerts.selectNone')} <kbd>Esc</kbd>
            </button>
          </>
        )}
        {current?.judgement && (
          <>
            <span className="faint small">{t('alerts.now')}</span>
            <Verdict verdict={current.judgement.verdict} />
            <button type="button" className="button" onClick={onUndo}>
              {t('alerts.undo')} <kbd>U</kbd>
            </button>
          </>
        )}
      </div>
      <div className="judgement-verdicts">
        {verdicts.map(({ verdict, key }) => (
          <button
            key={verdict}
            type="button"
            className="button"
            aria-label={t(`verdict.${verdict}`)}
            title={t(`verdict.${verdict}`)}
            aria-pressed={current?.judgement?.verdict === verdict}
            onClick={() => onJudge(verdict)}
          >
            <kbd aria-hidden>{key.toUpperCase()}</kbd>
            <VerdictName verdict={verdict} />
          </button>
        ))}
      </div>
    </div>
  );
}

function VerdictName({ verdict }: { verdict: VerdictName }) {
  const { t } = useTranslation();
  switch (verdict) {
    case 'level_1':
    case 'level_2':
    case 'level_3':
    case 'level_4':
      return (
        <span>
          <b>{t(`verdictShort.${verdict}`)}</b> <small>{t(`verdictNote.${verdict}`)}</small>
        </span>
      );
    default:
      return <span>{t(`verdictShort.${verdict}`)}</span>;
  }
}
