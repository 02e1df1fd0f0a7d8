/** A sentence that screen readers announce when it appears; nothing without a text. */
export function Notice({ kind, text, close }) {
  if (!text) return null;
  return (
    <div className={`notice ${kind}`}>
      <p role={kind === "problem" ? "alert" : "status"}>{text}</p>
      {close && (
        <button className="link" onClick={close}>
          Close
        </button>
      )}
    </div>
  );
}
