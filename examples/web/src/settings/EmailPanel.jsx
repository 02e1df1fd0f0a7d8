import { PROVEN } from "../account/link.js";
import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";

const change = ({ newEmail }, options) =>
  auth.changeEmail({ newEmail, callbackURL: PROVEN }, options);

/** Proves the address, and changes it. Both go by a link in a mail. */
export function EmailPanel({ user }) {
  return (
    <Panel
      title="E-mail address"
      aside={user.emailVerified ? <span className="badge">Confirmed</span> : undefined}
    >
      {!user.emailVerified && <Unproven email={user.email} />}
      <Form
        name="E-mail address"
        call={change}
        after={(_, form) => form.reset()}
        submit="Change the address"
        done="A mail is on its way to the new address. It becomes yours when you open the link in it."
      >
        <Field label="New e-mail address" name="newEmail" type="email" autoComplete="email" />
      </Form>
    </Panel>
  );
}

function Unproven({ email }) {
  const send = useAction((_, options) =>
    auth.sendVerificationEmail({ email, callbackURL: PROVEN }, options),
  );
  return (
    <div className="actions">
      <p className="lead">{email} is not confirmed yet.</p>
      <button onClick={() => send.run()} disabled={send.pending}>
        Send me a link
      </button>
      <Notice kind="problem" text={send.problem} />
      <Notice kind="done" text={send.done && "A mail with a link is on its way."} />
    </div>
  );
}
