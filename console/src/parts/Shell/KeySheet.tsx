import { useTranslation } from 'react-i18next';
import { verdicts } from '~/lib/words';
import { Dialog } from '../Dialog';
import { pages } from './pages';

/** The sheet of all keys. */
export function KeySheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const everywhere: [string, string][] = [
    ['Ctrl K', t('keys.find')],
    ['?', t('keys.help')],
    ['Esc', t('keys.escape')],
    ...pages.map((page): [string, string] => [`g ${page.key}`, t(`nav.${page.id}`)]),
  ];
  const table: [string, string][] = [
    ['j', t('keys.down')],
    ['k', t('keys.up')],
    ['Enter', t('keys.open')],
    ['x', t('keys.select')],
    ['/', t('keys.filter')],
    ['r', t('keys.show')],
    ['o', t('keys.raw')],
    ['i', t('keys.incident')],
    ['Ctrl Enter', t('keys.run')],
  ];
  const judge: [string, string][] = [
    ...verdicts.map((each): [string, string] => [each.key, t(`verdict.${each.verdict}`)]),
    ['c', t('keys.comment')],
    ['u', t('keys.undo')],
  ];
  return (
    <Dialog title={t('keys.title')} opened={opened} onClose={onClose} size={760}>
      <div className="key-sheet">
        <KeyList title={t('keys.everywhere')} keys={everywhere} />
        <KeyList title={t('keys.table')} keys={table} />
        <KeyList title={t('keys.judge')} keys={judge} />
      </div>
    </Dialog>
  );
}

function KeyList({ title, keys }: { title: string; keys: [string, string][] }) {
  return (
    <section>
      <h3 className="faint small">{title}</h3>
      <dl>
        {keys.map(([key, deed]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{deed}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
