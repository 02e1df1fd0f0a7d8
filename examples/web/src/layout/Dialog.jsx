import { useLayoutEffect, useRef } from "react";

/** A window above the page, as long as it is rendered. Escape and a press beside it close it; the focus goes back. */
export function Dialog({ label, className, close, children }) {
  const dialog = useRef();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onCancel={cancel}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      <div className="content">{children}</div>
    </dialog>
  );
}
