import { Notice } from "../layout/Notice.jsx";
import { useAction } from "./useAction.js";

/**
 * A form whose button makes one call of the API.
 *
 * `call` gets the fields by their names, and the name and value of the button that was pressed; `after` gets them once
 * the call went well. `others` has more buttons, below the one that Enter presses. Fields are checked by the API alone,
 * so that its problems are seen.
 */
export function Form({ name, call, after, submit, others, done, danger, children }) {
  const action = useAction(call);
  const send = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries(new FormData(form, event.nativeEvent.submitter));
    if (await action.run(values)) after?.(values, form);
  };
  return (
    <form aria-label={name} onSubmit={send} noValidate>
      {children}
      <Notice kind="problem" text={action.problem} />
      <Notice kind="done" text={action.done && done} />
      <div className="actions">
        <button className={danger ? "danger" : "primary"} disabled={action.pending}>
          {action.pending ? "One moment …" : submit}
        </button>
      </div>
      {others && (
        <fieldset className="others" disabled={action.pending}>
          {others}
        </fieldset>
      )}
    </form>
  );
}
