import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '~/api/client';

const codes = [
  'unreachable',
  'not_found',
  'forbidden',
  'unauthenticated',
  'bad_credentials',
  'too_many',
  'bad_query',
  'invalid',
  'exists',
  'weak_password',
  'rules_not_loaded',
  'nothing_to_undo',
  'too_large',
  'timeout',
  'internal',
  'csrf',
] as const;

/** Says what went wrong in the language of the screen. */
export function useFailureText(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    const said = error instanceof Refusal ? error.code : 'other';
    const code = codes.find((each) => each === said) ?? 'other';
    const first = error instanceof Refusal ? error.errors[0] : undefined;
    const detail = first?.message
      ? `${first.location?.replace(/^body\./, '') ?? ''} ${first.message}`.trim()
      : error.message;
    return t(`failure.${code}`, { detail });
  };
}

/** What failed, and a way to try again. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const say = useFailureText();
  return (
    <div className="state" role="alert">
      <b>{t('failure.title')}</b>
      <p className="dim">{say(error)}</p>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {t('common.retry')}
        </button>
      )}
    </div>
  );
}

/** Nothing is there, and what to do next. */
export function Empty({ text, next, children }: { text: string; next?: string; children?: ReactNode }) {
  return (
    <div className="state">
      <b>{text}</b>
      {next && <p className="dim">{next}</p>}
      {children}
    </div>
  );
}

/** Grey lines where rows will be. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} style={{ width: `${90 - ((i * 17) % 45)}%` }} />
      ))}
    </div>
  );
}

/** Shows a query's answer, or that it is on its way, or why it does not come. What was read before stays while it is read again. */
export function Answer<T>({
  query,
  rows,
  children,
}: {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}
