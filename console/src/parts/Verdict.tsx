import { useTranslation } from 'react-i18next';
import { isVerdict } from '~/lib/words';

/** A verdict in neutral ink: its short word and four pips, filled up to the level. */
export function Verdict({ verdict }: { verdict: string }) {
  const { t } = useTranslation();
  if (!isVerdict(verdict)) return null;
  const level = verdict.startsWith('level_') ? Number(verdict.slice(6)) : 0;
  return (
    <span className="verdict" title={t(`verdict.${verdict}`)}>
      <b>{t(`verdictShort.${verdict}`)}</b>
      {level > 0 && (
        <span className="pips" aria-hidden>
          {[1, 2, 3, 4].map((n) => (
            <i key={n} className={n <= level ? 'full' : ''} />
          ))}
        </span>
      )}
    </span>
  );
}
