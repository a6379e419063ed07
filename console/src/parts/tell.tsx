import { notifications } from '@mantine/notifications';

/** Says briefly what was done, with a way back where there is one. */
export function tell(text: string, undo?: { label: string; deed: () => void }) {
  const id = notifications.show({
    message: undo ? (
      <span className="row">
        <span className="grow">{text}</span>
        <button
          type="button"
          className="button"
          onClick={() => {
            notifications.hide(id);
            undo.deed();
          }}
        >
          {undo.label} <kbd>U</kbd>
        </button>
      </span>
    ) : (
      text
    ),
    autoClose: 6000,
    withCloseButton: false,
  });
}

/** Says what went wrong; it stays until it is closed. */
export function tellFailure(text: string) {
  notifications.show({ message: text, autoClose: 12_000, role: 'alert', className: 'tell-failure' });
}
