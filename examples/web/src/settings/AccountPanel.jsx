import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";

const erase = ({ password }, options) => auth.deleteUser({ password }, options);

/** Deletes the account. */
export function AccountPanel() {
  return (
    <Panel title="Account">
      <Form name="Delete the account" call={erase} submit="Delete my account for ever" danger>
        <p className="lead">
          Your account, your conversations and all that belongs to them are deleted. Nobody can undo this.
        </p>
        <Field label="Your password" name="password" type="password" autoComplete="current-password" />
      </Form>
    </Panel>
  );
}
