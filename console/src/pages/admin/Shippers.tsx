import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShippers } from '~/api/sources';
import type { Source } from '~/api/nouns';
import { CopyButton } from '~/parts/CopyButton';
import { Dialog } from '~/parts/Dialog';
import { Answer } from '~/parts/States';
import { Secret } from './Secret';

type Props = { source: Source; token?: string; title: string; onClose: () => void };

/** Configurations of senders, ready to be pasted; with the token in place where it was just made. */
export function Shippers({ source, token, title, onClose }: Props) {
  const { t } = useTranslation();
  const shippers = useShippers(source.id);
  const [chosen, setChosen] = useState('');
  return (
    <Dialog title={title} opened onClose={onClose} size={760}>
      <div className="form">
        {token && <Secret label={t('admin.source.token')} value={token} note={t('admin.source.tokenOnce')} />}
        <p className="dim">{t(token ? 'admin.source.tokenFilled' : 'admin.source.tokenPlaceholder')}</p>
        <Answer query={shippers} rows={5}>
          {(all) => {
            const shipper = all.find((each) => each.name === chosen) ?? all[0];
            if (!shipper) return null;
            const text = token ? shipper.text.replaceAll('<TOKEN>', token) : shipper.text;
            return (
              <div className="shippers">
                <div className="tabs" role="tablist" aria-label={t('admin.source.shippers')}>
                  {all.map((each) => (
                    <button
                      key={each.name}
                      type="button"
                      role="tab"
                      aria-selected={each.name === shipper.name}
                      onClick={() => setChosen(each.name)}
                    >
                      {each.name}
                    </button>
                  ))}
                  <span className="end">
                    <CopyButton text={text} />
                  </span>
                </div>
                <pre tabIndex={0} aria-label={`${t('admin.source.shippers')} ${shipper.name}`}>
                  {text}
                </pre>
              </div>
            );
          }}
        </Answer>
      </div>
    </Dialog>
  );
}
