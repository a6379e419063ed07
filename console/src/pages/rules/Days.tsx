import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAddress } from '~/lib/address';
import { useTheme } from '~/lib/appearance';
import { bars } from '~/parts/Chart/bars';
import { Chart } from '~/parts/Chart/Chart';

const day = 86_400_000;

/** Hits of a rule by day; a bar opens its items. */
export function Days({ days, rule }: { days: readonly { day: string; count: number }[]; rule: string }) {
  const { t } = useTranslation();
  const { to } = useAddress();
  const navigate = useNavigate();
  const theme = useTheme();
  const option = useMemo(
    () => ({
      ...bars(
        days.map((each) => each.day.slice(5)),
        [{ name: t('rules.byDay'), color: 'ink-3', values: days.map((each) => each.count) }],
      ),
      darkMode: theme === 'dark',
    }),
    [days, theme, t],
  );
  const open = (index: number) => {
    const picked = days[index];
    if (!picked) return;
    const from = new Date(`${picked.day}T00:00:00Z`);
    const span = { from: from.toISOString(), to: new Date(from.getTime() + day).toISOString() };
    void navigate(to('/alerts', { state: 'all', rule, ...span }));
  };
  return <Chart label={t('rules.byDay')} option={option} height={120} onPick={open} />;
}
