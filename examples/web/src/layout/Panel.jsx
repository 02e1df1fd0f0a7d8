import { useId } from "react";

/** A titled card; `aside` stands at the end of its title. */
export function Panel({ title, aside, level: Title = "h2", children }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <Title id={id}>{title}</Title>
        {aside}
      </header>
      {children}
    </section>
  );
}
