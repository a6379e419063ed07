import { useTranslation } from 'react-i18next';
import { isPhase, phaseNumeral } from '~/lib/words';

/** A phase of an attack: an outlined tag with its numeral; with its word beside it when asked. */
export function Phase({ phase, word = false }: { phase: string; word?: boolean }) {
  const { t } = useTranslation();
  const name = t(isPhase(phase) ? `phase.${phase}` : 'phase.none');
  const tag = (
    <span className={`phase phase-${isPhase(phase) ? phase : 'none'}`} title={name} role="img" aria-label={name}>
      {phaseNumeral(phase)}
    </span>
  );
  if (!word) return tag;
  return (
    <span className="with-word">
      {tag}
      <span aria-hidden>{name}</span>
    </span>
  );
}
