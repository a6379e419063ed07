import { useTranslation } from 'react-i18next';
import { levelLetter, type LevelName } from '~/lib/words';

/** A severity: a filled square with its letter; with its word beside it when asked. */
export function Severity({ level, word = false }: { level: LevelName; word?: boolean }) {
  const { t } = useTranslation();
  const letter = levelLetter(level);
  const name = t(`level.${level}`);
  const square = (
    <span className={`severity severity-${letter}`} title={name} role="img" aria-label={name}>
      {letter}
    </span>
  );
  if (!word) return square;
  return (
    <span className="with-word">
      {square}
      <span aria-hidden>{name}</span>
    </span>
  );
}
