import { useTranslation } from 'react-i18next';
import { useReloadRules } from '~/api/rules';
import { useFailureText } from '~/parts/States';
import { tell, tellFailure } from '~/parts/tell';
import { Time } from '~/parts/Time';
import { useViewer } from '~/parts/viewer';

/** Which rules are in force and since when; administrators of all tenants let the server read them again. */
export function InForce({ version, since }: { version: string; since: string }) {
  const { t } = useTranslation();
  const say = useFailureText();
  const reload = useReloadRules();
  const { person } = useViewer();
  const ask = () =>
    reload.mutate(undefined, {
      onSuccess: ({ loaded, refused, version_before: before, version_after: after }) =>
        tell(t(before === after ? 'rules.unchanged' : 'rules.reloaded', { loaded, refused: refused.length })),
      onError: (error) => tellFailure(say(error)),
    });
  return (
    <span className="end row faint small">
      <span className="mono">{t('rules.version', { version: version.slice(0, 12) })}</span>
      <span>
        {t('rules.since')} <Time at={since} style="minute" />
      </span>
      {person.role === 'administrator' && person.all_tenants && (
        <button type="button" className="button" disabled={reload.isPending} onClick={ask}>
          {t(reload.isPending ? 'rules.reloading' : 'rules.reload')}
        </button>
      )}
    </span>
  );
}
