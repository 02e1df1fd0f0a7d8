import { auth } from "../auth.js";
import { Check, Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";

const signIn = ({ email, password, remember }, options) =>
  auth.signIn.email({ email, password, rememberMe: remember === "on" }, options);

/** The way in for those who have an account. */
export function SignIn() {
  return (
    <Form name="Sign in" call={signIn} submit="Sign in">
      <Field label="E-mail" name="email" type="email" autoComplete="username" />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
      <Check label="Remember me on this device" name="remember" defaultChecked />
    </Form>
  );
}
