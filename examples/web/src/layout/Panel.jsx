import { useId } from "react";

/** A titled card; `aside` stands at the end of its title, which `titleRef` may focus. */
export function Panel({ title, titleRef, aside, level: Title = "h2", children }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <Title id={id} ref={titleRef} tabIndex={titleRef && -1}>
          {title}
        </Title>
        {aside}
      </header>
      {children}
    </section>
  );
}
