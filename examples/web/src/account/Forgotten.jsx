import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { HERE } from "./link.js";

const request = ({ email }, options) =>
  auth.requestPasswordReset({ email, redirectTo: HERE }, options);

/** Asks for a mail with a link to a new password. It says the same for every address. */
export function Forgotten() {
  return (
    <Form
      name="Forgotten password"
      call={request}
      submit="Send me a link"
      done="If there is an account with this address, a mail with a link is on its way. The link is valid for an hour."
    >
      <Field label="E-mail" name="email" type="email" autoComplete="username" />
    </Form>
  );
}
