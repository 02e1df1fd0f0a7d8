import { Field } from "../forms/Field.jsx";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";

/** Another title for a conversation. Enter saves it, Escape leaves it as it is. */
export function Rename({ conversation: { id, title }, rename, leave }) {
  const action = useAction((text, options) => rename(id, text, options));
  const save = async (event) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get("title").trim();
    if (text === title || (await action.run(text))) leave();
  };
  const onKeyDown = (event) => {
    if (event.key !== "Escape") return;
    // Otherwise it would close the list as well, where that is a window.
    event.preventDefault();
    leave();
  };
  return (
    <form className="rename" aria-label="Rename the conversation" onSubmit={save} onKeyDown={onKeyDown} noValidate>
      <Field label="Title" name="title" defaultValue={title} maxLength={200} autoFocus autoComplete="off" />
      <Notice kind="problem" text={action.problem} />
      <div className="actions">
        <button className="primary" disabled={action.pending}>
          Save
        </button>
        <button type="button" onClick={leave}>
          Cancel
        </button>
      </div>
    </form>
  );
}
