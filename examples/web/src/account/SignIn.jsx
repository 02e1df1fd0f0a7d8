import { auth } from "../auth.js";
import { Check, Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { askForCode, askForLink } from "./byMail.js";
import { Providers } from "./Providers.jsx";

const byPassword = ({ email, password, remember }, options) =>
  auth.signIn.email({ email, password, rememberMe: remember === "on" }, options);

const BY_MAIL = { byLink: askForLink, byCode: askForCode };

const signIn = ({ way, ...values }, options) => (BY_MAIL[way] ?? byPassword)(values, options);

/** The way in for those who have an account; those with a mail are also for everybody else. */
export function SignIn({ go }) {
  return (
    <>
      <Providers />
      <Form
        name="Sign in"
        call={signIn}
        after={({ way, email }) => way && go(way, email)}
        submit="Sign in"
        others={
          <>
            <legend className="or">or without a password</legend>
            <div className="ways two">
              <button name="way" value="byLink">
                E-mail me a link
              </button>
              <button name="way" value="byCode">
                E-mail me a code
              </button>
            </div>
          </>
        }
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <Check label="Remember me on this device" name="remember" defaultChecked />
      </Form>
    </>
  );
}
