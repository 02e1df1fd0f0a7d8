import { useId } from "react";

/** A titled card; `aside` stands at the end of its title. */
export function Panel({ title, aside, children }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
