import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Props = { title: string; opened: boolean; onClose: () => void; size?: number | string; children: ReactNode };

/** A dialog over the page. */
export function Dialog({ title, opened, onClose, size = 460, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Modal>
  );
}

/** Asks before something that cannot be taken back, naming what it is. */
export function Confirm({
  text,
  action,
  busy,
  onConfirm,
  onClose,
}: {
  text: string | null;
  action: string;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={action} opened={text !== null} onClose={onClose}>
      <div className="form">
        <p>{text}</p>
        <div className="row">
          <button type="button" className="button end" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="button" className="button primary" disabled={busy} onClick={onConfirm}>
            {action}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
