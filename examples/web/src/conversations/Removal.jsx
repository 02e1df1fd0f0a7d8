import { useAction } from "../forms/useAction.js";
import { Dialog } from "../layout/Dialog.jsx";
import { Notice } from "../layout/Notice.jsx";

/** Asks before a conversation is deleted. */
export function Removal({ conversation: { id, title }, remove, removed, cancel }) {
  const action = useAction((_, options) => remove(id, options));
  const confirm = async () => {
    if (await action.run()) removed(id);
  };
  return (
    <Dialog label="Delete the conversation" className="question" close={cancel}>
      <h2>Delete this conversation?</h2>
      <p>“{title}” and all its messages are deleted. Nobody can undo this.</p>
      <Notice kind="problem" text={action.problem} />
      <div className="actions">
        <button onClick={cancel}>Keep it</button>
        <button className="danger" onClick={confirm} disabled={action.pending}>
          Delete it
        </button>
      </div>
    </Dialog>
  );
}
