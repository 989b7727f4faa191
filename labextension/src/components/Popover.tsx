import { type CSSProperties, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

/** Below a button, as far to the right as that reaches. */
function placed(anchor: HTMLElement | null): CSSProperties {
  const { bottom = 0, right = 0 } = anchor?.getBoundingClientRect() ?? {};
  const names = {
    '--nx-popover-top': `${bottom + 6}px`,
    '--nx-popover-right': `${window.innerWidth - right}px`
  };
  return names as CSSProperties;
}

interface Props {
  label: string;
  button: ReactNode;
  buttonClass: string;
  children: (close: () => void) => ReactNode;
  onOpen?: () => void;
}

/** A button and what it opens below itself; Escape or a click elsewhere closes it. */
export function Popover({ label, button, buttonClass, children, onOpen }: Props) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => setOpen(false);

  useEffect(() => {
    if (!open) {
      return;
    }
    panel.current?.focus();
    const away = (event: Event) => {
      const target = event.target as Node;
      const inDialog = target instanceof Element && target.closest('.jp-Dialog') !== null;
      if (!panel.current?.contains(target) && !anchor.current?.contains(target) && !inDialog) {
        setOpen(false);
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        setOpen(false);
        anchor.current?.focus();
      }
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);

  const toggle = () => {
    if (!open) {
      onOpen?.();
    }
    setOpen(!open);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={buttonClass}
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={toggle}
      >
        {button}
      </button>
      {open &&
        createPortal(
          // the top bar clips what hangs below it, so the panel hangs from the page instead
          <div
            ref={panel}
            id={id}
            className="nx-root nx-popover"
            role="dialog"
            aria-label={label}
            tabIndex={-1}
            style={placed(anchor.current)}
          >
            {children(close)}
          </div>,
          document.body
        )}
    </>
  );
}
