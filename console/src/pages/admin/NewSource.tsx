import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateSource } from '~/api/sources';
import type { Source } from '~/api/nouns';
import { Dialog } from '~/parts/Dialog';
import { useFailureText } from '~/parts/States';
import { useScope, useTenant, useViewer } from '~/parts/viewer';
import { FormField } from './FormField';

const formats = ['auto', 'windows', 'suricata', 'zeek', 'syslog'] as const;

type Props = { onClose: () => void; onDone: (source: Source, token: string) => void };

/** Declares a source. */
export function NewSource({ onClose, onDone }: Props) {
  const { t } = useTranslation();
  const say = useFailureText();
  const { tenants } = useViewer();
  const scope = useScope();
  const find = useTenant();
  const create = useCreateSource();
  const [tenant, setTenant] = useState(scope.tenant ?? tenants[0]?.id ?? '');
  const [format, setFormat] = useState<(typeof formats)[number]>('auto');
  const zone = find(tenant)?.zone ?? 'UTC';
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => ((form.get(name) as string | null) ?? '').trim();
    const body = {
      id: text('id') || undefined,
      name: text('name'),
      tenant,
      site: text('site') || undefined,
      format,
      zone: text('zone') || undefined,
      port: text('port') ? Number(text('port')) : undefined,
      senders: text('senders') ? text('senders').split(/[\s,]+/) : undefined,
    };
    create.mutate(body, { onSuccess: ({ source, token }) => onDone(source, token) });
  };
  return (
    <Dialog title={t('admin.source.add')} opened onClose={onClose} size={520}>
      <form className="form" onSubmit={submit}>
        <FormField name="name" label={t('admin.source.name')} required autoFocus maxLength={200} />
        <FormField
          name="id"
          label={t('admin.source.id')}
          help={t('admin.source.idHelp')}
          pattern="[a-z0-9][a-z0-9\-]{0,63}"
          mono
        />
        <div className="form-two">
          <label>
            {t('admin.source.tenant')}
            <select className="field" value={tenant} onChange={(event) => setTenant(event.target.value)}>
              {tenants.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('admin.source.site')}
            <select className="field" name="site" defaultValue={scope.site ?? ''} key={tenant}>
              <option value="">{t('admin.source.noSite')}</option>
              {find(tenant)?.sites.map((site) => (
                <option key={site.id} value={site.id}>
                  {site.name}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('admin.source.format')}
            <select
              className="field"
              value={format}
              onChange={(event) => setFormat(formats.find((each) => each === event.target.value) ?? 'auto')}
            >
              {formats.map((each) => (
                <option key={each} value={each}>
                  {each === 'auto' ? t('admin.source.auto') : each}
                </option>
              ))}
            </select>
          </label>
          <FormField key={zone} name="zone" label={t('admin.source.zone')} defaultValue={zone} mono />
        </div>
        {format === 'syslog' && (
          <div className="form-two">
            <FormField name="port" label={t('admin.source.port')} type="number" min={1} max={65535} mono />
            <FormField name="senders" label={t('admin.source.senders')} help={t('admin.source.sendersHelp')} mono />
          </div>
        )}
        {create.error && (
          <p role="alert" className="bad">
            {say(create.error)}
          </p>
        )}
        <button type="submit" className="button primary" disabled={create.isPending}>
          {t('common.create')}
        </button>
      </form>
    </Dialog>
  );
}
