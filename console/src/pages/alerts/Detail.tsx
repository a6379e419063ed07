import { useTranslation } from 'react-i18next';
import { useItem } from '~/api/items';
import type { ItemDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { useTitle } from '~/lib/words';
import { Answer, Empty } from '~/parts/States';
import { Phase } from '~/parts/Phase';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { Time } from '~/parts/Time';
import { useSiteName, useTenant, useViewer } from '~/parts/viewer';
import { About } from './About';
import { AlertList } from './AlertList';
import { History } from './History';
import { Proof } from './Proof';
import { Who } from './Who';
import { Why } from './Why';

/** The item under the cursor, in the order in which an analyst asks: what, why, who, the proof, and what was said before. */
export function Detail({ id }: { id: string }) {
  const { t } = useTranslation();
  const item = useItem(id);
  if (id === '') {
    return (
      <Empty text={t('alerts.pick')}>
        <p className="faint">
          <kbd>J</kbd> <kbd>K</kbd> {t('alerts.pickKeys')} <kbd>Enter</kbd> {t('alerts.pickOpen')}
        </p>
      </Empty>
    );
  }
  return (
    <div className="scroll" tabIndex={0} aria-label={t('alerts.title')} key={id}>
      <Answer query={item} rows={14}>
        {(data) => <Parts item={data} />}
      </Answer>
    </div>
  );
}

function Parts({ item }: { item: ItemDetail }) {
  const { get } = useAddress();
  const alert = item.alert_list.find((each) => each.id === get('alert')) ?? item.alert_list[0];
  return (
    <>
      <Head item={item} />
      {alert && <Why alert={alert} info={item.rule_info} />}
      {alert && <Proof alert={alert} events={item.events} />}
      {alert && <Who alert={alert} />}
      <AlertList item={item} selected={alert?.id ?? ''} />
      {item.rule_info && <About info={item.rule_info} />}
      <History item={item} />
    </>
  );
}

function Head({ item }: { item: ItemDetail }) {
  const { t } = useTranslation();
  const title = useTitle();
  const site = useSiteName();
  const tenant = useTenant();
  const { tenants } = useViewer();
  return (
    <header className="item-head">
      <div className="row item-facts">
        <Severity level={item.level} word />
        <Phase phase={item.phase} word />
        <span className="mono dim">#{item.number}</span>
        <span className="faint">
          <Time at={item.last} tenant={item.tenant} /> {t('alerts.detected')}
        </span>
        {item.device_severity && (
          <span className="faint small">
            {t('alerts.deviceSeverity')} <span className="mono">{item.device_severity}</span>
          </span>
        )}
        {item.incident && (
          <ScopedLink to={`/incidents/${item.incident}`} className="button end">
            {t('alerts.openIncident')}
            <kbd>I</kbd>
          </ScopedLink>
        )}
      </div>
      <h2>{title(item)}</h2>
      <p className="wrap mono item-summary" title={item.summary}>
        {item.summary}
      </p>
      <p className="faint small">
        {tenants.length > 1 && `${tenant(item.tenant)?.name ?? item.tenant} `}
        {item.site && site(item.tenant, item.site)}
      </p>
    </header>
  );
}
