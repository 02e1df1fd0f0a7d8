import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { everything, save } from "./export.js";

const erase = ({ password }, options) => auth.deleteUser({ password }, options);

/** Downloads all that is stored of the user, and deletes the account. */
export function DataPanel() {
  const download = useAction(async (_, options) => {
    const { data, error } = await everything(options);
    if (data) save(data);
    return { error };
  });
  return (
    <Panel title="Your data">
      <div className="actions">
        <button onClick={() => download.run()} disabled={download.pending}>
          {download.pending ? "One moment …" : "Download my data"}
        </button>
      </div>
      <Notice kind="problem" text={download.problem} />
      <Form name="Delete the account" call={erase} submit="Delete my account for ever" danger>
        <p className="lead">Your account, your conversations and all that belongs to them are deleted. Nobody can undo this.</p>
        <Field label="Your password" name="password" type="password" autoComplete="current-password" />
      </Form>
    </Panel>
  );
}
