/** A sentence that screen readers announce when it appears; nothing without a text. */
export function Notice({ kind, text }) {
  if (!text) return null;
  return (
    <p className={`notice ${kind}`} role={kind === "problem" ? "alert" : "status"}>
      {text}
    </p>
  );
}
