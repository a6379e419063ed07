import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAddress } from '~/lib/address';
import { useScope, useTenant, useViewer } from '../viewer';

type Choice = { id: string; name: string };

/** Customer and site, which hold on every page. */
export function Scopes() {
  const { t } = useTranslation();
  const { tenants } = useViewer();
  const find = useTenant();
  const scope = useScope();
  const { set } = useAddress();
  const only = tenants.length === 1 ? tenants[0] : undefined;
  const tenant = scope.tenant ? find(scope.tenant) : only;
  // Another customer is another context: what was chosen in the first one does not hold there.
  const choose = (id: string) => set({ tenant: id, site: null, item: null, event: null }, { push: true });
  return (
    <>
      <Chooser
        name={t('top.tenant')}
        choices={tenants}
        value={tenant?.id ?? ''}
        all={only === undefined}
        onChoose={choose}
      />
      {tenant && tenant.sites.length > 0 && (
        <Chooser
          name={t('top.site')}
          choices={tenant.sites}
          value={scope.site ?? ''}
          all
          onChoose={(site) => set({ site, item: null }, { push: true })}
        />
      )}
    </>
  );
}

type Props = { name: string; choices: readonly Choice[]; value: string; all: boolean; onChoose: (id: string) => void };

function Chooser({ name, choices, value, all, onChoose }: Props) {
  const { t } = useTranslation();
  const current = choices.find((choice) => choice.id === value)?.name ?? t('top.all');
  return (
    <Menu position="bottom-start" offset={0}>
      <Menu.Target>
        <button type="button" className="shell-scope">
          <i>{name}</i>
          <span className="medium cut">{current}</span>
          <span className="caret" aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={name}>
        {all && <Menu.Item onClick={() => onChoose('')}>{t('top.all')}</Menu.Item>}
        {choices.map((choice) => (
          <Menu.Item key={choice.id} onClick={() => onChoose(choice.id)}>
            {choice.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
