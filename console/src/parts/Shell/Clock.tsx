import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime, zoneName } from '~/lib/time';
import { useZone } from '../viewer';

/** The time now in the tenant's zone, with the zone's name. */
export function Clock() {
  const { t } = useTranslation();
  const zone = useZone();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="shell-clock" title={`${t('top.clock')} ${zone}`}>
      <time className="mono" dateTime={now.toISOString()}>
        {formatTime(now, zone, 'second')}
      </time>
      <span className="faint small">{zoneName(zone, now)}</span>
    </div>
  );
}
