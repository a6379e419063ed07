import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** What can be done with a row. */
export function RowMenu({ name, deeds }: { name: string; deeds: readonly { label: string; deed: () => void }[] }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button
          type="button"
          className="row-menu"
          aria-label={`${t('common.rowMenu')}: ${name}`}
          onClick={(event) => event.stopPropagation()}
        >
          ⋯
        </button>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()} aria-label={t('common.rowMenu')}>
        {deeds.map(({ label, deed }) => (
          <Menu.Item key={label} onClick={deed}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
