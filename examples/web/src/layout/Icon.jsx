const PATHS = {
  list: "M4 6h16M4 12h16M4 18h16",
  pen: "M4 20l1-4L16 5l3 3L8 19l-4 1z",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  plus: "M12 5v14M5 12h14",
};

/** A picture of what a button does; the button says it in words as well. */
export function Icon({ name }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
