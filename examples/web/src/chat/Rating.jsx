import { useId, useRef, useState } from "react";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { rate } from "./api.js";

const GRADES = [0, 1, 2, 3, 4, 5];

/** How well a reply was tuned to the user, from 0 to 5; each choice is stored at once. */
export function Rating({ metadata }) {
  const name = useId();
  const [grade, setGrade] = useState(metadata.rating);
  const { run, problem, done } = useAction((value, options) =>
    rate(metadata.interaction_id, value, options),
  );
  // One after the other, so that the last choice is the one that stays.
  const last = useRef(Promise.resolve());
  const choose = (value) => {
    setGrade(value);
    last.current = last.current.then(() => run(value));
  };
  return (
    <fieldset className="rating">
      <legend>Rate this reply</legend>
      {GRADES.map((value) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === grade} onChange={() => choose(value)} />
          <span>{value}</span>
        </label>
      ))}
      <small role="status">{done && "Stored."}</small>
      <Notice kind="problem" text={problem} />
    </fieldset>
  );
}
