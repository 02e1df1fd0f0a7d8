/** A table that is too wide is scrolled, by the keyboard as well. */
export function Table({ children }) {
  return (
    <div className="table" role="group" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

/** The box of a task in a list, which nobody can tick. */
export function Task({ checked }) {
  return (
    <span className="task" role="img" aria-label={checked ? "Done" : "Open"}>
      {checked ? "☑" : "☐"}
    </span>
  );
}
