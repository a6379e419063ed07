import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useRules } from '~/api/rules';
import type { Rule, RulePage } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { useKeys } from '~/lib/keyboard';
import { DataTable } from '~/parts/DataTable/DataTable';
import { PageTitle } from '~/parts/PageTitle';
import { Empty } from '~/parts/States';
import { Tabs } from '~/parts/Tabs';
import { useScope } from '~/parts/viewer';
import { InForce } from './InForce';
import { Problems } from './Problems';
import { useRuleColumns } from './columns';
import './rules.css';

const keyOf = (rule: Rule) => rule.id;

function matching(data: RulePage | undefined, text: string) {
  const wanted = text.toLowerCase();
  return data?.rules.filter((rule) =>
    [rule.title, rule.title_ja, rule.id, rule.file, rule.product, rule.category, rule.service, ...rule.tags]
      .join(' ')
      .toLowerCase()
      .includes(wanted),
  );
}

/** The rules in force with what they told, and those that were refused. */
export default function RulesPage() {
  const { t } = useTranslation();
  const { get, set, to } = useAddress();
  const navigate = useNavigate();
  const scope = useScope();
  const rules = useRules(scope.tenant);
  const rows = matching(rules.data, get('q'));
  const waiting = rules.data?.waiting.length ?? 0;
  const columns = useRuleColumns();
  useKeys({ '/': () => document.querySelector<HTMLElement>('.rules-find')?.focus() });
  return (
    <div className="page rules">
      <PageTitle title={t('rules.title')} />
      <header className="page-head">
        <h1>{t('rules.title')}</h1>
        <Tabs
          label={t('rules.title')}
          name="tab"
          tabs={[
            { id: 'loaded', label: t('rules.loaded'), count: rules.data?.rules.length },
            { id: 'refused', label: t('rules.refused'), count: rules.data?.problems.length },
            ...(waiting > 0 ? [{ id: 'waiting', label: t('rules.waiting'), count: waiting }] : []),
          ]}
        />
        <input
          className="field rules-find"
          type="search"
          aria-label={t('rules.filter')}
          placeholder={t('rules.filter')}
          value={get('q')}
          onChange={(event) => set({ q: event.target.value })}
        />
        {rules.data && <InForce version={rules.data.version} since={rules.data.since} />}
      </header>
      <section className="panel">
        {get('tab') === 'refused' || get('tab') === 'waiting' ? (
          <Problems rules={rules} of={get('tab') === 'waiting' ? 'waiting' : 'problems'} />
        ) : (
          <DataTable
            label={t('rules.title')}
            rows={rows}
            columns={columns}
            keyOf={keyOf}
            error={rules.error}
            retry={() => void rules.refetch()}
            selected={get('rule') || (rows?.[0]?.id ?? '')}
            onSelect={(rule) => set({ rule })}
            onOpen={(rule) => void navigate(to(`/rules/${encodeURIComponent(rule.id)}`))}
            empty={
              get('q') ? (
                <Empty text={t('rules.noMatch')} />
              ) : (
                <Empty text={t('rules.empty')} next={t('rules.emptyNext')} />
              )
            }
          />
        )}
      </section>
    </div>
  );
}
