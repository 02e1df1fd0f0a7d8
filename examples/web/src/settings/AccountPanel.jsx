import { HERE } from "../account/link.js";
import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";

/** Deletes the account. */
export function AccountPanel({ email, hasPassword }) {
  return (
    <Panel title="Account">{hasPassword === false ? <ByAddress email={email} /> : <ByPassword />}</Panel>
  );
}

const FINAL = (
  <p className="lead">
    Your account, your conversations and all that belongs to them are deleted. Nobody can undo this.
  </p>
);

const COMMON = { name: "Delete the account", submit: "Delete my account for ever", danger: true };

const byPassword = ({ password }, options) => auth.deleteUser({ password }, options);

function ByPassword() {
  return (
    <Form {...COMMON} call={byPassword}>
      {FINAL}
      <Field label="Your password" name="password" type="password" autoComplete="current-password" />
    </Form>
  );
}

/** A session that began today is proof enough; an older one needs the link of a mail. */
function ByAddress({ email }) {
  const erase = async (values, options) => {
    if (values.email.trim().toLowerCase() !== email.toLowerCase()) return { error: OTHER_ADDRESS };
    return auth.deleteUser({ callbackURL: HERE }, options);
  };
  return (
    <Form {...COMMON} call={erase} done="Open the link in the mail that is on its way to you.">
      {FINAL}
      <Field
        label="Your e-mail address"
        name="email"
        type="email"
        autoComplete="off"
        hint="Write it, so that nothing is deleted by mistake."
      />
    </Form>
  );
}

const OTHER_ADDRESS = { status: 400, message: "This is not the e-mail address of your account." };
