import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangeSource, useRotateToken, useSources } from '~/api/sources';
import type { Source } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { DataTable } from '~/parts/DataTable/DataTable';
import { Confirm } from '~/parts/Dialog';
import { Empty, useFailureText } from '~/parts/States';
import { tellFailure } from '~/parts/tell';
import { useScope } from '~/parts/viewer';
import { NewSource } from './NewSource';
import { Shippers } from './Shippers';
import { useSourceColumns } from './sourceColumns';

/** A source that was just made or got a new token: the token is shown this once. */
export type Fresh = { source: Source; token: string; title: string };

const keyOf = (source: Source) => source.id;

/** Where telemetry comes from: whether it does, and how a sender is connected. */
export function Sources() {
  const { t } = useTranslation();
  const say = useFailureText();
  const scope = useScope();
  const { get, set } = useAddress();
  const sources = useSources(scope.tenant);
  const change = useChangeSource();
  const rotate = useRotateToken();
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState<{ deed: 'rotate' | 'off'; source: Source } | null>(null);
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const failed = { onError: (error: Error) => tellFailure(say(error)) };
  const shown = sources.data?.find((source) => source.id === get('connect'));

  const columns = useSourceColumns({
    connect: (source) => set({ connect: source.id }, { push: true }),
    rotate: (source) => setAsking({ deed: 'rotate', source }),
    toggle: (source) =>
      source.off ? change.mutate({ id: source.id, off: false }, failed) : setAsking({ deed: 'off', source }),
  });
  const confirm = () => {
    if (!asking) return;
    const { deed, source } = asking;
    setAsking(null);
    if (deed === 'off') {
      change.mutate({ id: source.id, off: true }, failed);
      return;
    }
    rotate.mutate(source.id, {
      ...failed,
      onSuccess: ({ token }) => setFresh({ source, token, title: t('admin.source.rotated', { name: source.name }) }),
    });
  };
  return (
    <>
      <div className="admin-bar">
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t('admin.source.add')}
        </button>
        {sources.data && <span className="end faint small">{t('common.count', { count: sources.data.length })}</span>}
      </div>
      <DataTable
        label={t('admin.sources')}
        rows={sources.data}
        columns={columns}
        keyOf={keyOf}
        error={sources.error}
        retry={() => void sources.refetch()}
        selected={get('source')}
        onSelect={(source) => set({ source })}
        onOpen={(source) => set({ connect: source.id }, { push: true })}
        empty={<Empty text={t('admin.source.empty')} next={t('admin.source.emptyNext')} />}
      />
      {adding && (
        <NewSource
          onClose={() => setAdding(false)}
          onDone={(source, token) => {
            setAdding(false);
            setFresh({ source, token, title: t('admin.source.created', { name: source.name }) });
          }}
        />
      )}
      {fresh && (
        <Shippers source={fresh.source} token={fresh.token} title={fresh.title} onClose={() => setFresh(null)} />
      )}
      {shown && !fresh && (
        <Shippers
          source={shown}
          title={`${shown.name} ${t('admin.source.connect')}`}
          onClose={() => set({ connect: null })}
        />
      )}
      <Confirm
        text={
          asking &&
          t(asking.deed === 'off' ? 'admin.source.confirmOff' : 'admin.source.confirmRotate', {
            name: asking.source.name,
          })
        }
        action={t(asking?.deed === 'off' ? 'admin.source.turnOff' : 'admin.source.rotate')}
        busy={change.isPending || rotate.isPending}
        onConfirm={confirm}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
