import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useRule } from '~/api/rules';
import type { RuleDetail } from '~/api/nouns';
import { condition } from '~/lib/query';
import { number, usePick, useTitle, verdicts } from '~/lib/words';
import { PageTitle } from '~/parts/PageTitle';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { Answer, Skeleton } from '~/parts/States';
import { useScope } from '~/parts/viewer';
import { Verdict } from '~/parts/Verdict';
import { Counted } from './Counted';
import { Days } from './Days';
import { Badges, State } from './State';
import './rules.css';

const YamlView = lazy(() => import('~/parts/Code/YamlView'));

/** One rule: what it looks for, its text, and what came of it. */
export default function RulePage() {
  const { id = '' } = useParams();
  const scope = useScope();
  const rule = useRule(id, scope.tenant);
  if (rule.data === undefined) {
    return (
      <div className="panel" style={{ height: '100%' }}>
        <Answer query={rule} rows={14}>
          {() => null}
        </Answer>
      </div>
    );
  }
  return <Shown rule={rule.data} />;
}

function Shown({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const title = useTitle();
  return (
    <div className="page rule">
      <PageTitle title={title(rule)} />
      <header className="page-head">
        <ScopedLink to="/rules" className="faint small">
          {t('rules.back')}
        </ScopedLink>
        <Severity level={rule.level} word />
        <h1 className="cut" title={title(rule)}>
          {title(rule)}
        </h1>
        <Badges rule={rule} />
        <span className="end row">
          <ScopedLink to="/alerts" params={{ state: 'all', rule: rule.id }} className="button">
            {t('rules.itemsOf')}
          </ScopedLink>
          <ScopedLink to="/search" params={{ q: condition('rule.id', rule.id), from: 'now-30d' }} className="button">
            {t('rules.eventsOf')}
          </ScopedLink>
        </span>
      </header>
      <section className="panel rule-text" aria-label={t('rules.source')}>
        <div className="panel-head">
          <h2>{t('rules.source')}</h2>
          <span className="mono faint cut">{rule.file}</span>
        </div>
        <div className="scroll" tabIndex={0} aria-label={t('rules.source')}>
          <Suspense fallback={<Skeleton rows={12} />}>
            <YamlView label={t('rules.source')} text={rule.source} />
          </Suspense>
        </div>
      </section>
      <section className="panel rule-about" aria-label={t('rules.description')}>
        <div className="scroll" tabIndex={0} aria-label={t('rules.description')}>
          <State rule={rule} />
          <Hits rule={rule} />
          <Description rule={rule} />
          <Counted rule={rule} />
        </div>
      </section>
    </div>
  );
}

function Hits({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const given = verdicts.filter(({ verdict }) => (rule.verdicts[verdict] ?? 0) > 0);
  return (
    <>
      <div className="rule-figures">
        <Figure name={t('rules.hits24')} value={rule.alerts_24h} />
        <Figure name={t('rules.hits')} value={rule.alerts_total} />
        <Figure name={t('rules.open')} value={rule.items_open} />
      </div>
      <section className="rule-part">
        <h3>{t('rules.byDay')}</h3>
        <Days days={rule.hits_by_day} rule={rule.id} />
      </section>
      {given.length > 0 && (
        <section className="rule-part">
          <h3>{t('rules.verdicts')}</h3>
          <div className="entities">
            {given.map(({ verdict }) => (
              <span key={verdict} className="row">
                <Verdict verdict={verdict} /> {rule.verdicts[verdict]}
              </span>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <span className="faint small">{name}</span>
      <span className="figure">{number(value)}</span>
    </div>
  );
}

function Description({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const pick = usePick();
  return (
    <>
      <section className="rule-part">
        <h3>{t('rules.description')}</h3>
        <p className="wrap">{pick(rule.description, rule.description_ja) || t('rules.noDescription')}</p>
      </section>
      <List name={t('rules.tags')} values={rule.tags} mono />
      <List name={t('rules.falsePositives')} values={rule.false_positives} />
      <List name={t('rules.references')} values={rule.references} mono />
    </>
  );
}

function List({ name, values, mono = false }: { name: string; values: readonly string[]; mono?: boolean }) {
  if (values.length === 0) return null;
  return (
    <section className="rule-part">
      <h3>{name}</h3>
      <ul>
        {values.map((value) => (
          <li key={value} className={mono ? 'mono wrap' : 'wrap'}>
            {value}
          </li>
        ))}
      </ul>
    </section>
  );
}
